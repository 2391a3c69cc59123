"""工单: the list and the one ticket chosen."""
