"""Changes of the tables of contacts."""
