"""What is known, kept: append-only batches, identity decisions and snapshots in one folder.

The authority for facts: nothing is overwritten, a change becomes visible by one atomic move of a pointer, and a
reader never waits for a writer.
"""
