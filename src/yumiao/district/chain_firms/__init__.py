"""Firms in chains: who is placed where, whom an industry code suggests, and lists of placements read from files."""
