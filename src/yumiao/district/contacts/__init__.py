"""Whom to reach at a subject; kept in the vault, shown masked."""
