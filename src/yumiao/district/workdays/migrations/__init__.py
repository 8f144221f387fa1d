"""Changes of the tables of working days."""
