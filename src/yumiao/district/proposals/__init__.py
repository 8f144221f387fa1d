"""What a firm says of itself: proposed facts, decided by an officer, then carried into the store as its own source.

A proposal is never a fact by itself. An accepted one waits in an outbox, written in the same transaction as the line of
the journal; a flush carries what waits into one batch of the store, and may be killed at any moment.
"""
