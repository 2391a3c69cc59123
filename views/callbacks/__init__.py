"""回访: who is to be called, the call sheet, and the samples."""
