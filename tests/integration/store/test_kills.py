"""A writer is killed at random moments; ``benchmarks/store_kills.py`` does the same for longer."""

import random

from tests.integration.store.killing import kill_once, prepare
from tests.unit.store.store_contents import moment

from yumiao.store import open_store


def test_killed_writer_leaves_the_former_or_the_new_state_whole(tmp_path):
    folder = tmp_path / "store"
    prepare(folder)
    chance = random.Random(20260101)

    kills = [kill_once(folder, chance, longest=0.15) for _ in range(8)]

    assert any(kill.was_writing for kill in kills)
    assert max(kill.found for kill in kills) > 0
    with open_store(folder).writing("next", moment(100_000), wait_seconds=1) as draft:
        draft.note("the lock went with its holder")
    assert open_store(folder).verify().problems == []
