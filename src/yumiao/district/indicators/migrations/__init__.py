"""Changes of the tables of indicators."""
