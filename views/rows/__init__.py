"""明细: the rows that a figure counted."""
