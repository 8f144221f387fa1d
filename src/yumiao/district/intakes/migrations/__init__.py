"""Changes of the tables of intakes."""
