"""Changes of the tables of notes."""
