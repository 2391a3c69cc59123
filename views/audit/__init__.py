"""审计: the log in words, its chain, and whether it holds."""
