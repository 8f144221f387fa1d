"""Changes of the tables of coming in."""
