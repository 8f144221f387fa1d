"""Changes of the tables of the register, in order."""
