"""What is kept encrypted in the database: words about persons, and the keys of files."""
