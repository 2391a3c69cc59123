"""Statistics (Guide 7.1.1, 8.1.2) and the monthly briefing."""
