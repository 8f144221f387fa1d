"""Files that officers attach to a subject; checked by content, encrypted outside the web root."""
