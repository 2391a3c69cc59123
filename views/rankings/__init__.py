"""排名: the ranking as chart, table and picture."""
