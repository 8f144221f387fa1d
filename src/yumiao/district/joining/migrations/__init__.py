"""Migrations of joining."""
