"""Every answer held back, so that what a test reads too early is not there yet: ``SLOW_ANSWERS=0.7 make test-full``.

On a quick machine the new page is there before the next line of a test, whether the test waits for it or not. A test
that fails with slow answers, and only then, fails by chance on a slow machine.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

OF_ONE_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "content-length"}
PATIENCE_SECONDS = 120


def read_delay() -> float:
    """Return the seconds by which answers are to be held back; 0 when nothing is said of it."""
    return float(os.environ.get("SLOW_ANSWERS", "0"))


@contextmanager
def slow_answers(address: str, seconds: float) -> Iterator[str]:
    """Stand before a site until the end of the block; return the address at which it answers later than it would."""
    if not seconds:
        yield address
        return
    handler = type("Handler", (_Late,), {"behind": urlsplit(address).netloc, "seconds": seconds})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Late(BaseHTTPRequestHandler):
    """Hands a request on, and the answer back after a while."""

    protocol_version = "HTTP/1.1"
    behind = ""
    seconds = 0.0

    def hand_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
        try:
            with closing(HTTPConnection(self.behind, timeout=PATIENCE_SECONDS)) as connection:
                connection.request(self.command, self.path, body, headers)
                response = connection.getresponse()
                content = response.read()
        except (OSError, HTTPException) as error:
            self.send_error(502, str(error))
            return
        time.sleep(self.seconds)
        self.send_response_only(response.status, response.reason)
        for name, value in response.getheaders():
            if name.lower() not in OF_ONE_CONNECTION:
                self.send_header(name, value)
        if response.status not in (204, 304):
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_HEAD = hand_on  # noqa: N815 - names that the base class looks for

    def handle(self) -> None:
        """Answer until the browser goes; one that goes before its answer is there is no error."""
        try:
            super().handle()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, *_arguments: object) -> None:
        """Say nothing: the site keeps its own log."""
