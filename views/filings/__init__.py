"""备案: what was filed with the bureau, line by line, its report on paper, and the bureau's answer."""
