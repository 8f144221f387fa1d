"""Campaigns: firms chosen from a list, asked what verdicts wait for, followed until they have answered.

What a firm answers is a proposal; a campaign only knows whom it asked what, and how far each firm is.
"""
