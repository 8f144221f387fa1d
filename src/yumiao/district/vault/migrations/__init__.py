"""Changes of the tables of vault."""
