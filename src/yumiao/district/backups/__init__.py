"""Backups: everything the platform keeps at one consistent point, proven whole, brought back elsewhere."""
