"""回访 (Art. 3, 15, 24): who is to be called, what came of it, and the samples drawn for it."""
