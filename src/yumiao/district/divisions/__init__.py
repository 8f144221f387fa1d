"""Divisions and units of the territory: codes, names, who administers them, each with its dates."""
