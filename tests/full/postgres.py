"""A PostgreSQL server of its own, in a folder of its own, for as long as it is needed."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.full.needed import find_postgresql

USER = "yumiao"
ACCOUNT = "postgres"
"""Who runs the server where we are root: PostgreSQL refuses to run as root; Debian's package creates this account."""

# Nothing of it outlives the tests, so it need not survive a power cut.
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "60"}


@contextmanager
def postgres_server() -> Iterator[str]:
    """Start a server on the loopback, and yield the address of its database as ``DATABASE_URL`` wants it.

    Raises: subprocess.CalledProcessError with the words of PostgreSQL when it does not start.
    """
    folder = Path(tempfile.mkdtemp(prefix="yumiao-postgresql-"))
    password = secrets.token_urlsafe(16)
    secret = folder / "password"
    secret.write_text(password, encoding="ascii")
    secret.chmod(0o600)
    if os.geteuid() == 0:
        account = pwd.getpwnam(ACCOUNT)
        for path in (folder, secret):
            os.chown(path, account.pw_uid, account.pw_gid)
    data, port = folder / "data", free_port()
    try:
        _run(
            "initdb",
            f"--pgdata={data}",
            f"--username={USER}",
            f"--pwfile={secret}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        settings = QUICK | {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": str(folder),
        }
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        start = ("--wait", "--timeout=300", f"--log={folder / 'log'}", f"--options={options}", "start")
        _run("pg_ctl", f"--pgdata={data}", *start)
        try:
            yield f"postgresql://{USER}:{password}@127.0.0.1:{port}/postgres"
        finally:
            _run("pg_ctl", f"--pgdata={data}", "--mode=immediate", "--wait", "stop")
    finally:
        shutil.rmtree(folder)


def free_port() -> int:
    """Return a port of the loopback on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs, as its account where we are root; its words are shown when it fails."""
    found = find_postgresql(program)
    if found is None:
        raise FileNotFoundError(f"PostgreSQL's program {program} is not on this machine")
    before = ("runuser", "-u", ACCOUNT, "--") if os.geteuid() == 0 else ()
    with tempfile.TemporaryFile() as words:  # not a pipe: the server would hold it open
        ended = subprocess.run(
            [*before, found, *arguments],
            check=False,
            stdout=words,
            stderr=words,
            cwd="/",
            stdin=subprocess.DEVNULL,
        )
        if ended.returncode:
            words.seek(0)
            raise subprocess.CalledProcessError(ended.returncode, program, words.read().decode())
