"""The bundle installs and serves on a machine without any network."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def clean_environment():
    """Nothing of this machine's: no package index, no proxy, no settings, no other sources."""
    kept = ("PATH", "HOME", "LANG", "TMPDIR")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "PIP_CONFIG_FILE": os.devnull,
        "YUMIAO_LANG": "en",
        "PYTHON": sys.executable,
    }


def without_network():
    """The words before a command that take the network away; none where the system does not let a process do so."""
    unshare = shutil.which("unshare")
    if unshare and subprocess.run([unshare, "-rn", "true"], capture_output=True, check=False).returncode == 0:
        return [unshare, "-rn"]
    return []


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """The bundle, built by what `make bundle` runs, unpacked."""
    dist = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(dist), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    made = subprocess.run(
        [sys.executable, ROOT / "packaging" / "make_bundle.py", "--dist", dist],
        check=True,
        capture_output=True,
        text=True,
    )
    archive = Path(made.stdout.strip())
    folder = tmp_path_factory.mktemp("machine")
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    return next(folder.iterdir())


@pytest.fixture(scope="module")
def installed(bundle, tmp_path_factory):
    target = tmp_path_factory.mktemp("opt") / "yumiao"
    done = subprocess.run(
        [*without_network(), bundle / "install.sh", target],
        env=clean_environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("yumiao ")
    return target


def test_bundle_holds_wheels_sums_and_no_source_archive(bundle):
    names = {path.name for path in bundle.iterdir()}

    assert names == {"wheels", "requirements.txt", "install.sh", "PYTHON", "SHA256SUMS"}
    assert {path.suffix for path in (bundle / "wheels").iterdir()} == {".whl"}
    assert any(path.name.startswith("yumiao-") for path in (bundle / "wheels").iterdir())


def test_bundle_that_was_changed_is_not_installed(bundle, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(bundle, copy)
    with (copy / "requirements.txt").open("a") as file:
        file.write("# added\n")

    refused = subprocess.run(
        [copy / "install.sh", tmp_path / "opt"],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (refused.returncode, (tmp_path / "opt").exists()) == (1, False)
    assert "damaged or was changed" in refused.stderr


SERVING = """
import fcntl, socket, struct, subprocess, sys, time, urllib.error, urllib.request

program, data, is_apart = sys.argv[1], sys.argv[2], sys.argv[3] == "apart"
if is_apart:  # a namespace of its own has a loopback that is down, and nothing else
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh", b"lo", 0x1 | 0x40))
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
server = subprocess.Popen([program, "serve", "--data", data, "--port", str(port)], stdout=subprocess.DEVNULL)
try:
    until = time.monotonic() + 300
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready/") as answer:
                print(answer.read().decode())
                break
        except urllib.error.URLError:
            time.sleep(0.3)
finally:
    server.terminate()
    server.wait(60)
"""


def test_installed_program_prepares_and_serves_without_network(installed, tmp_path):
    """The site and the question whether it is well run where there is loopback only, if the system allows that."""
    apart, data = without_network(), tmp_path / "data"
    prepare = [*apart, installed / "bin" / "yumiao", "district", "prepare", "--data", data]
    prepared = subprocess.run(prepare, env=clean_environment(), capture_output=True, text=True, check=False)
    assert prepared.returncode == 0, prepared.stderr

    serve = [*apart, installed / "bin" / "python", "-c", SERVING, installed / "bin" / "yumiao", data]
    served = subprocess.run(
        [*serve, "apart" if apart else "here"],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert served.returncode == 0, served.stderr
    assert json.loads(served.stdout) == {"status": "ready", "missing": []}
