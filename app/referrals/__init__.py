"""线索移送 (Guide 8.2): hints of misconduct, told to the persons named and to heads, and to nobody else."""
