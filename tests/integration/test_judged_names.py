"""The files of judged names are what their generator writes."""

import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
FOLDER = REPOSITORY / "tests" / "data" / "names"


def test_generator_writes_the_published_files_again(tmp_path):
    shutil.copy(FOLDER / "trade_names.txt", tmp_path)
    program = f"import pathlib, linkage_names; linkage_names.write_set(pathlib.Path({str(tmp_path)!r}))"

    subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY / "benchmarks", check=True)

    for name in ("known.csv", "received.csv"):
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()
