"""Changes of the tables of kept counts."""
