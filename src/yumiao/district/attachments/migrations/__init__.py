"""Changes of the tables of attachments."""
