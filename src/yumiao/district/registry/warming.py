"""What a process that serves pages does before they are asked for: compiling takes longer than any page may."""

from __future__ import annotations

import gc
import logging
from threading import Thread

from django.db import connections

from yumiao.district.registry import scanning, selectors
from yumiao.model.problems import YumiaoError

NEW_OBJECTS = 20_000
"""So many more objects than went, and the youngest are looked through; a page makes some thousands for itself."""

_log = logging.getLogger(__name__)


def warm_aside() -> Thread:
    """Warm this process in a thread of its own; pages are served meanwhile."""
    thread = Thread(target=_warm_and_close, name="warming", daemon=True)
    thread.start()
    return thread


def warm() -> int:
    """Compile the policies of the register and read what search looks through; returns how many policies."""
    judged, built = selectors.judged(), selectors.projection()
    policies = judged.policies if judged is not None else ()
    if judged is not None and built is not None:
        scanning.read_ahead(built)
        for policy, graph in policies:
            judge = judged.judges.policy(policy, judged.as_of, graph.settings)
            judge.judge({})
            judge.inspect({})
    set_apart()
    return len(policies)


def set_apart() -> None:
    """Set apart what is there, and stays for ever, from what is looked through for things to forget.

    Looking through it would hold a page up for a quarter of a second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 20)


def _warm_and_close() -> None:
    try:
        warm()
    except YumiaoError as error:  # packs that changed: whoever asks for a page is told
        _log.warning("not warmed: %s", error)
    finally:
        connections.close_all()
