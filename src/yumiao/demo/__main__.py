"""``python -m yumiao.demo FOLDER`` writes the files that ship with the package anew."""

import sys
from pathlib import Path

from yumiao.demo.bundle import write_bundle

if __name__ == "__main__":
    write_bundle(Path(sys.argv[1]))
