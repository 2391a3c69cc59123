"""意见建议: the page of what was left in boxes, books and mailboxes."""
