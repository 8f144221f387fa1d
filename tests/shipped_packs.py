"""The shipped packs, read once for all tests of a process: reading them takes a second, and nothing changes them."""

from functools import cache

from yumiao.packs.library import Library, load_packs


@cache
def shipped_packs() -> Library:
    """What the shipped packs say."""
    return load_packs()
