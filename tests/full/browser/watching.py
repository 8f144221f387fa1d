"""A page under the eyes of a test: what it loads, what it complains of, what it weighs."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request, Response

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
OPTIONS = {
    "runOnly": {"type": "tag", "values": RULES},
    # A table that scrolls sideways is a region with the name of the card around it: good practice, not WCAG.
    "rules": {"landmark-unique": {"enabled": False}},
    "resultTypes": ["violations"],
}


@dataclass
class Watched:
    """A page and what was seen of it since it was opened.

    Attributes:
        complaints: errors and warnings of the console, errors of scripts, requests that failed.
        elsewhere: addresses of other hosts that the page asked for.
    """

    page: Page
    host: str
    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "requestfailed", lambda request: self.complaints.append(f"{request.url} {request.failure}")
        )
        self.page.on("request", self._request)
        self.page.on("response", self._response)

    def _response(self, response: Response) -> None:
        self.responses.append(response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != self.host:
            self.elsewhere.append(request.url)

    def weight(self) -> int:
        """Return the bytes of everything loaded, each part compressed with gzip where that makes it smaller."""
        bodies = [response.body() for response in self.responses if response.ok]
        return sum(min(len(body), len(gzip.compress(body))) for body in bodies)

    def violations(self) -> list[str]:
        """Return what axe finds against WCAG 2.0 to 2.2, A and AA, and good practice: the rule and where."""
        found = Axe().run(self.page, options=OPTIONS).response["violations"]
        return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]

    def chinese(self, received: list[str], quotes: str = "") -> list[str]:
        """Return what is Chinese on an English page and should not be."""
        return self.page.evaluate(CHINESE_IN_ENGLISH, [[*received, "育苗"], quotes or "no-such-element"])


CHINESE_IN_ENGLISH = r"""([received, quotes]) => {
  const chinese = /[\u3400-\u9fff]/, found = [];
  const isReceived = (node) => {
    const at = node.closest('[lang]');
    return (at && at.lang.startsWith('zh')) || node.closest('.cite, textarea, [aria-hidden=true], ' + quotes);
  };
  const own = (text) => received.reduce((rest, word) => rest.replaceAll(word, ''), text);
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, parent = node.parentElement;
    if (['SCRIPT', 'STYLE'].includes(parent.tagName)) continue;
    if (chinese.test(own(node.data)) && !isReceived(parent)) found.push(parent.tagName + ': ' + node.data.trim());
  }
  for (const each of document.querySelectorAll('[aria-label],[title],[alt],[placeholder]')) {
    for (const name of ['aria-label', 'title', 'alt', 'placeholder']) {
      const value = each.getAttribute(name);
      if (value && chinese.test(own(value)) && !isReceived(each)) found.push(each.tagName + '@' + name + ': ' + value);
    }
  }
  return [...new Set(found)];
}"""
"""Chinese of an English page that is neither a received word, nor a citation, nor marked as Chinese by ``lang``."""
