"""Changes of the tables of divisions."""
