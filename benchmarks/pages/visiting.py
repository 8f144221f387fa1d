"""One officer at a time: what a page costs the server, and what it weighs on the wire."""

from __future__ import annotations

import gzip
import http.cookiejar
import random
import re
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sites import Site

_ASSET = re.compile(r'<(?:link|script|img)[^>]+(?:href|src)="(/static/[^"]+)"')
_FETCHED = re.compile(r'hx-get="([^"]+)"[^>]*hx-trigger="load"')
_WARM, _COUNTED, _COUNTED_PARTS = 5, 30, 8


@dataclass(frozen=True)
class Cost:
    """What one kind of page costs when nobody else asks: CPU and wall milliseconds of a request."""

    cpu_ms: float
    median_ms: float
    p95_ms: float


class Visitor:
    """A signed-in browser without a screen."""

    def __init__(self, address: str, login: str, password: str) -> None:
        self.address = address
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.get("/sign-in/")
        self.post("/sign-in/", {"login": login, "password": password})
        if b'name="password"' in self.get("/overview/"):
            raise SystemExit(f"{login} could not sign in")

    def get(self, path: str) -> bytes:
        """Fetch a page."""
        with self.opener.open(self.address + path, timeout=60) as answer:
            return bytes(answer.read())

    def post(self, path: str, fields: Mapping[str, str]) -> bytes:
        """Send a form, as the script of the page does."""
        token = next(each.value for each in self.cookies if each.name == "csrftoken")
        data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
        request = urllib.request.Request(self.address + path, data, {"HX-Request": "true"})
        with self.opener.open(request, timeout=60) as answer:
            return bytes(answer.read())


def measure_costs(site: Site, visitor: Visitor, cases: Mapping[str, Any]) -> dict[str, Cost]:
    """Ask for each kind of page alone, one request after the other."""
    chance = random.Random(cases["seed"])
    fields = {"policy": "tech_sme", "fact.staff_total@2025": "41"}

    def subject() -> str:
        return f"/enterprises/{chance.choice(cases['subjects'])}/"

    def search() -> str:
        return "/enterprises/?" + urllib.parse.urlencode({"q": chance.choice(cases["searches"])})

    kinds: dict[str, Callable[[], bytes]] = {
        "overview": lambda: visitor.get("/overview/"),
        "list": lambda: visitor.get(chance.choice(cases["lists"])),
        "profile": lambda: visitor.get(subject()),
        "what-if": lambda: visitor.post(f"{subject()}what-if/", fields),
        "search": lambda: visitor.get(search()),
        "questions, fetched after a profile": lambda: visitor.get(f"{subject()}questions/?part=1"),
        "time line, fetched after a profile": lambda: visitor.get(f"{subject()}timeline/?part=1"),
    }
    counted = {name: _COUNTED_PARTS if "fetched" in name else _COUNTED for name in kinds}
    return {name: _cost_of(site, ask, counted[name]) for name, ask in kinds.items()}


def _cost_of(site: Site, ask: Callable[[], bytes], count: int) -> Cost:
    for _ in range(_WARM):
        ask()
    cpu, times = site.cpu_seconds(), []
    for _ in range(count):
        started = time.perf_counter()
        ask()
        times.append(1000 * (time.perf_counter() - started))
    times.sort()
    spent = 1000 * (site.cpu_seconds() - cpu) / count
    return Cost(round(spent, 1), round(times[count // 2], 1), round(times[int(count * 0.95)], 1))


def weigh_pages(visitor: Visitor, cases: Mapping[str, Any]) -> dict[str, float]:
    """Return kilobytes of pages, compressed, with everything that they load when nothing is cached."""
    subject = f"/enterprises/{cases['subjects'][0]}/"
    paths = {
        "overview (with charts)": "/overview/",
        "list": "/enterprises/",
        "profile": subject,
        "what-if": f"{subject}what-if/?policy=tech_sme",
        "facts": f"{subject}facts/",
        "indicators (with charts)": "/indicators/",
        "policies": "/policies/",
        "imports": "/imports/",
    }
    return {name: round(_weigh(visitor, path) / 1000, 1) for name, path in paths.items()}


def _weigh(visitor: Visitor, path: str) -> int:
    page = visitor.get(path)
    text = page.decode()
    parts = [path, *_FETCHED.findall(text), *dict.fromkeys(_ASSET.findall(text))]
    return sum(len(gzip.compress(visitor.get(part.replace("&amp;", "&")), 6)) for part in parts)
