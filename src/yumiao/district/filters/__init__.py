"""Filters of the list of enterprises that people keep under a name."""
