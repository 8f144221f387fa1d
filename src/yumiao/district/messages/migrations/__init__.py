"""Changes of the tables of messages, in order."""
