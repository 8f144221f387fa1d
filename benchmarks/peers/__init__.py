"""The same two policies written by hand for other engines, and the slow reference that says what is right."""
