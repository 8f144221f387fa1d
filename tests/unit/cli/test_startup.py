"""The command line starts quickly: what judges, reads or serves is imported by the command that needs it."""

import subprocess
import sys

HEAVY = ("polars", "pyarrow", "duckdb", "pydantic", "numpy", "django", "splink", "pypinyin", "llvmlite")


def test_listing_the_commands_imports_nothing_heavy():
    asked = f"import sys, yumiao.cli.app; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
