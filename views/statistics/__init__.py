"""统计: what the figures say about a period, and what follows from it."""
