"""Changes of the tables of tokens."""
