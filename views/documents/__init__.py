"""Papers on screen, on the printer and as PDF."""
