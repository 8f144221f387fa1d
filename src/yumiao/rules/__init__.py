"""The rule engine: a checked pack and known facts in, verdicts with their reasons out.

Unknown facts stay unknown through every operation. Nothing here reads a file or knows where a fact came from.
"""
