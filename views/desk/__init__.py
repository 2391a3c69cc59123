"""工作台: what waits for the person, and the month."""
