"""Changes of the tables of chains."""
