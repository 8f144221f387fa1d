"""The `yumiao` command: reads arguments, calls one function of the packages below, shows the result.

Thin by rule: what two commands share, or what an answer depends on, belongs to a package below.
"""
