"""数据导入: files from the province in."""
