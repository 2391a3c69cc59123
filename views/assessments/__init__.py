"""考核: totals with their build-up, assessed values, weights of the indicators (Guide 7, annex A)."""
