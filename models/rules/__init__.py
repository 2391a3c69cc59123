"""The rules as pure functions and values: no database, no clock, no I/O."""
