"""Retention: how long each kind of thing is kept, and its end at the term."""
