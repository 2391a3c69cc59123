"""Papers: one document model, laid out after GB/T 9704 for screen, printer and PDF alike."""
