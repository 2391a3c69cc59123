"""差评工单: what is shown of tickets, and what is done to them."""
