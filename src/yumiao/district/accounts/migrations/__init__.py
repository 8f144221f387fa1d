"""Changes of the tables of people, in order."""
