"""What all tests share: the folder of a test is its mark."""

from pathlib import Path

import pytest
from hypothesis import settings

TESTS = Path(__file__).parent
MARKS = ("unit", "district", "integration", "e2e", "full", "shared")

# How long an example takes says how busy the machine is, and nothing about what is tested.
settings.register_profile("patient", parent=settings(), deadline=None)
settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        if folder in MARKS:
            item.add_marker(folder)
