"""Setting up from source."""
