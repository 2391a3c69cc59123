"""Setting up, running and testing from source."""
