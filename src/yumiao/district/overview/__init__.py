"""The figures of the overview, each with the list of enterprises that it counts."""
