"""名录: the people, and what waits for a second administrator."""
