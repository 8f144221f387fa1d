"""The reference data kept beside the repository; a missing folder is an error, never a skip."""

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    folder = Path(os.environ.get("YUMIAO_SHARED", REPOSITORY.parent / "shared"))
    if not folder.is_dir():
        pytest.fail(f"The reference data is not at {folder}; say where it is in YUMIAO_SHARED.")
    return folder
