"""A server as its administrator sees it: making the database, checking it, saving and restoring it."""
