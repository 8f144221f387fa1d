"""The register of subjects: what the store knows and what the rules say of it, as SQL that pages can list.

Everything here is a projection: the store is the authority, and one command makes the tables anew.
"""
