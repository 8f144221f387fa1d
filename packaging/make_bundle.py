"""Build ``dist/yumiao-offline-VERSION-PLATFORM.tar.gz``: everything that a machine without any network needs.

Run by ``make bundle`` after ``make dist``. The bundle holds the wheels that `requirements/district.txt` locks, the
package's own wheel, requirements with the hash of each wheel, `install.sh`, and SHA-256 sums of all of it.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INSTALLER = Path(__file__).with_name("install.sh")


def main() -> None:
    """Build the bundle for this machine's Python and platform; says where it lies."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dist", type=Path, default=ROOT / "dist")
    parser.add_argument("--requirements", type=Path, default=ROOT / "requirements" / "district.txt")
    arguments = parser.parse_args()
    print(build(arguments.dist, arguments.requirements))  # noqa: T201 - a program that says what it made


def build(dist: Path, requirements: Path) -> Path:
    """Build the bundle from the newest wheel in a folder. Raises: SystemExit where there is none."""
    wheels = sorted(dist.glob("yumiao-*.whl"), key=lambda path: path.stat().st_mtime)
    if not wheels:
        raise SystemExit(f"no wheel in {dist}: run make dist first")
    version = wheels[-1].name.split("-")[1]
    python = f"py{sys.version_info.major}{sys.version_info.minor}"
    name = f"yumiao-offline-{version}-{python}-{sysconfig.get_platform().replace('-', '_')}"
    with tempfile.TemporaryDirectory() as aside:
        folder = Path(aside) / name
        (folder / "wheels").mkdir(parents=True)
        download(requirements, folder / "wheels")
        shutil.copy(wheels[-1], folder / "wheels")
        (folder / "requirements.txt").write_text(hashed_requirements(folder / "wheels"), encoding="utf-8")
        shutil.copy(INSTALLER, folder / "install.sh")
        (folder / "install.sh").chmod(0o755)
        (folder / "PYTHON").write_text(
            f"{sys.version_info.major}.{sys.version_info.minor}\n", encoding="utf-8"
        )
        (folder / "SHA256SUMS").write_text(sums(folder), encoding="utf-8")
        return pack(folder, dist / f"{name}.tar.gz")


def download(requirements: Path, into: Path) -> None:
    """Fetch the locked wheels, each against its hash; nothing is built from source."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--only-binary",
        ":all:",
        "--require-hashes",
    ]
    subprocess.run([*command, "--requirement", str(requirements), "--dest", str(into)], check=True)  # noqa: S603 - pip


def hashed_requirements(wheels: Path) -> str:
    """Return one line for each wheel: its file and its hash; the own wheel among them."""
    return "".join(
        f"./wheels/{path.name} --hash=sha256:{digest(path)}\n" for path in sorted(wheels.glob("*.whl"))
    )


def sums(folder: Path) -> str:
    """Return the SHA-256 of every file as ``sha256sum --check`` reads it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return "".join(f"{digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in files)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def pack(folder: Path, target: Path) -> Path:
    """Write a folder as one archive, aside first, and its SHA-256 beside it."""
    aside = target.with_suffix(".part")
    with tarfile.open(aside, "w:gz") as archive:
        archive.add(folder, arcname=folder.name)
    aside.replace(target)
    target.with_suffix(".gz.sha256").write_text(f"{digest(target)}  {target.name}\n", encoding="utf-8")
    return target


if __name__ == "__main__":
    main()
