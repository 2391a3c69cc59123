"""限期整改 (Guide 8.1.2): from a hot item to an order to the agency, its answer, and what it changed."""
