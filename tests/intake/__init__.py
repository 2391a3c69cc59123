"""Tests of the way in: cells, files, loading."""
