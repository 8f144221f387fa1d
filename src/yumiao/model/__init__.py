"""Frozen values that every layer shares: units, periods, metrics, facts, outcomes, problems."""
