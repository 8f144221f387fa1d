"""Changes of the tables of operations."""
