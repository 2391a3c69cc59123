"""申诉: the list with its chips, the one chosen, filing, finding, and the decision with what it changes."""
