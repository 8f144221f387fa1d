"""Changes of the tables of the journal, in order."""
