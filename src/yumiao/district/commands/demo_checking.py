"""The pages of a demo district fetched as somebody who has signed in would see them."""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from http.client import HTTPResponse
from http.cookiejar import CookieJar

from yumiao.district.demo.stated import Account, Demo

SECONDS = 60
NOTED = "ym-demo"
"""Stands on every page: the notice that all of it is invented."""
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_NAVIGATION = re.compile(r'<nav class="ym-rail".*?</nav>', re.DOTALL)
_ADDRESS = re.compile(r'href="(/[^"#?]*)"')


@dataclass(frozen=True)
class Fetched:
    """One page: its address, what the site answered, and why that is not as it should be (empty: it is)."""

    path: str
    status: int
    wrong: str = ""


def fetch_pages(address: str, demo: Demo) -> list[Fetched]:
    """Sign in as the officer and fetch overview, list, a profile, policies and what else the navigation names."""
    visitor = Visitor(address)
    officer = next(account for account in demo.accounts if account.login == "officer")
    entered = visitor.sign_in(officer)
    if entered.wrong:
        return [entered]
    shown, subject = str(demo.facts["subjects"]), str(demo.facts["subject"])
    needed = {
        "/overview/": shown,
        "/enterprises/": shown,
        f"/enterprises/{subject}/": subject,
        "/policies/": "hnte",
        "/policies/hnte/": "国科发火",
    }
    pages = [visitor.fetch(path, needle) for path, needle in needed.items()]
    others = [path for path in visitor.navigation if path not in needed and path != "/"]
    return [entered, *pages, *(visitor.fetch(path, NOTED) for path in others)]


class Visitor:
    """Somebody with a browser: keeps cookies, follows redirects."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.navigation: list[str] = []

    def sign_in(self, account: Account) -> Fetched:
        """Fill the form in, as it is; a page with the navigation means that it worked."""
        form = self.read("/sign-in/")
        token = _TOKEN.search(form[1])
        if token is None:
            return Fetched("/sign-in/", form[0], "no form")
        filled = {"csrfmiddlewaretoken": token[1], "login": account.login, "password": account.password}
        status, text = self.read("/sign-in/", urllib.parse.urlencode(filled).encode())
        navigation = _NAVIGATION.search(text)
        self.navigation = list(dict.fromkeys(_ADDRESS.findall(navigation[0]))) if navigation else []
        return Fetched("/sign-in/", status, "" if self.navigation else "not signed in")

    def fetch(self, path: str, needle: str) -> Fetched:
        """Fetch a page that has to contain some text; how numbers are grouped makes no difference."""
        status, text = self.read(path)
        if status != 200:
            return Fetched(path, status, f"status {status}")
        return Fetched(path, status, "" if needle in text.replace(",", "") else f"lacks “{needle}”")

    def read(self, path: str, data: bytes | None = None) -> tuple[int, str]:
        """Return status and text of a page; ``data`` is posted."""
        request = urllib.request.Request(self._address + path, data)  # noqa: S310 - loopback, our own site
        request.add_header("Accept-Language", "zh-CN")
        request.add_header("Referer", self._address + path)
        try:
            answer: HTTPResponse = self._opener.open(request, timeout=SECONDS)
            with answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(errors="replace")
