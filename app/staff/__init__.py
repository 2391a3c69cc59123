"""窗口人员: ratings of the staff, their rank within the agency, appeals, orders and accountability (Art. 5, Guide 8.2)."""
