"""考核 (Guide 7, annex A): weights of the indicators, assessed values, totals."""
