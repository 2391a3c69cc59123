"""工作台: what waits for a person, and the month at a glance."""
