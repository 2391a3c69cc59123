"""备案 (Art. 3, 25): corrections and rectification results sent to the bureau, frozen line by line, and its answer."""
