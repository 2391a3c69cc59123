"""窗口人员, a tab of 统计: the staff of an agency in a period, and one of them at the right."""
