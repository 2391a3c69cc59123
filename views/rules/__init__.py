"""规则: the rule sets, and the months that were closed."""
