"""Counts of the register that pages show, made once by the worker after each change, place by place."""
