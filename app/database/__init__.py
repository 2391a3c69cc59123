"""The database: the embedded server, the engine of one person, the unit of work, the schema."""
