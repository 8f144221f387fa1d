"""Ids of subjects that are read as another one: the register says which, as accounts know nothing of subjects."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

ReadAs = Callable[[Collection[str]], Mapping[str, str]]
"""Given ids, returns those of them that are read as another one, each with that one."""

_READERS: list[ReadAs] = []


def declare_reading(read: ReadAs) -> ReadAs:
    """Let ids be read as others from now on; declared once, however often it is imported."""
    if read not in _READERS:
        _READERS.append(read)
    return read


def subjects_now(subjects: Collection[str]) -> dict[str, str]:
    """Return for each id the subject that it is read as now; itself where it was not merged."""
    found = {subject: subject for subject in subjects}
    for read in _READERS if subjects else ():
        found |= read(subjects)
    return found
