"""Verdicts made readable: tables, pages and workbooks for the officer who has to act on them.

A report only arranges what an evaluation found. It decides nothing, and no number that it rounds contradicts
an outcome.
"""
