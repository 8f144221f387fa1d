"""Tokens: with one, a program acts as a person, within scopes and until a day."""
