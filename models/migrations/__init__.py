"""The schema's history: one linear chain."""
