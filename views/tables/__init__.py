"""The paged table, its columns and delegates, used by every page."""
