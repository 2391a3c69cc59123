"""规则集: which there are, what one would change, and putting one in force (Art. 5, 22)."""
