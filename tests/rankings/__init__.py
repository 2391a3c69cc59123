"""Figures of rankings."""
