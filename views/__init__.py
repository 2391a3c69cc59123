"""What people see: Qt, and the console."""
