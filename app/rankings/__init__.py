"""排名: from the tally to ranks; one function computes what chart, table and circular show."""
