"""Reminders: an enterprise one step from a policy is told so, or the office that looks after it."""
