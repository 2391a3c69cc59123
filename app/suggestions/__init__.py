"""意见建议: what was left in boxes, books and mailboxes (Art. 16), and what is done with it."""
