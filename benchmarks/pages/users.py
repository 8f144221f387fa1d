"""Officers at work: what they open, how often, with what words; run as a program it is the load on one site.

``python users.py ADDRESS LOGIN PASSWORD CASES USERS SECONDS THINK`` prints a JSON object: per task every response time
in milliseconds. Users think for THINK ± 1 s between pages; with THINK 0 they do not think at all.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402 - the network is patched first
import random  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections import defaultdict  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from locust import FastHttpUser, between, constant, events, task  # noqa: E402
from locust.env import Environment  # noqa: E402

SETTLE_SECONDS = 15
"""What is measured in the first seconds, while people sign in and caches fill, does not count."""

CASES: dict[str, Any] = {}
LOGIN: dict[str, str] = {}


class Officer(FastHttpUser):
    """Signs in once, then opens pages, most often lists and profiles."""

    abstract = True

    def on_start(self) -> None:
        """Sign in by the form, as a browser does; the yardstick knows nobody."""
        if not LOGIN["login"]:
            return
        self.client.get("/sign-in/", name="sign in")
        fields = {**LOGIN, "csrfmiddlewaretoken": self._token()}
        with self.client.post("/sign-in/", fields, name="sign in", catch_response=True) as answer:
            if "/sign-in" in (answer.url or ""):
                answer.failure("not signed in")

    def _token(self) -> str:
        return next(cookie.value for cookie in self.client.cookiejar if cookie.name == "csrftoken")

    @task(1)
    def overview(self) -> None:
        """Open the overview."""
        self.client.get("/overview/", name="overview")

    @task(3)
    def list(self) -> None:
        """Open a list with some filter, often not its first page."""
        self.client.get(random.choice(CASES["lists"]), name="list")

    @task(3)
    def profile(self) -> None:
        """Open anybody's profile."""
        self.client.get(f"/enterprises/{random.choice(CASES['subjects'])}/", name="profile")

    @task(1)
    def what_if(self) -> None:
        """Suppose another number of staff and see the verdict that would be, as the card of the profile does."""
        address = f"/enterprises/{random.choice(CASES['subjects'])}/what-if/"
        fields = {
            "policy": "tech_sme",
            "fact.staff_total@2025": str(random.randint(3, 700)),
            "csrfmiddlewaretoken": self._token(),
        }
        self.client.post(address, fields, headers={"HX-Request": "true"}, name="what-if")

    @task(2)
    def search(self) -> None:
        """Look for somebody by part of a name, its pinyin or initials, or of a code."""
        self.client.get("/enterprises/", params={"q": random.choice(CASES["searches"])}, name="search")


def run(address: str, users: int, seconds: int, think: float) -> dict[str, Any]:
    """Let some officers work for a while; returns response times by task, and what failed."""
    waits = between(max(0.0, think - 1), think + 1) if think else constant(0)
    worker = type("OfficerHere", (Officer,), {"wait_time": waits, "host": address})
    if CASES.get("only"):
        worker.tasks = [getattr(Officer, CASES["only"])]  # type: ignore[attr-defined] # a class made here
    times: dict[str, list[float]] = defaultdict(list)
    failures: dict[str, int] = defaultdict(int)
    environment = Environment(user_classes=[worker], events=events)
    runner = environment.create_local_runner()
    begin = time.monotonic() + SETTLE_SECONDS

    def note(name: str, response_time: float, exception: Exception | None, **_more: Any) -> None:
        if exception is not None:
            failures[f"{name}: {exception}"[:200]] += 1
        elif time.monotonic() >= begin:
            times[name].append(round(response_time, 1))

    environment.events.request.add_listener(note)
    runner.start(users, spawn_rate=4)
    gevent.sleep(SETTLE_SECONDS)
    started = time.monotonic()
    gevent.sleep(seconds)
    elapsed = time.monotonic() - started
    counted = {name: list(each) for name, each in times.items() if name != "sign in"}
    runner.quit()
    return {"seconds": round(elapsed, 1), "times": counted, "failures": dict(failures)}


if __name__ == "__main__":
    address, LOGIN["login"], LOGIN["password"], cases, users, seconds, think = sys.argv[1:]
    CASES |= json.loads(Path(cases).read_text(encoding="utf-8"))
    random.seed(CASES["seed"])
    print(json.dumps(run(address, int(users), int(seconds), float(think))))
