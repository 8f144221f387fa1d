"""Changes of the tables of filters."""
