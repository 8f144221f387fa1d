"""Changes of the tables of retention."""
