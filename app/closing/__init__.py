"""封账: months that are frozen as they stood, what was changed since, and whether they still hold."""
