"""The log: what happened, by whom, and whether its chain still holds."""
