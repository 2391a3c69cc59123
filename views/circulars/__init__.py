"""Circulars: the list, the writing of one beside its pages, the files that go out."""
