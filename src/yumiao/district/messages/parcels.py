"""What is handed over at once to one person on one way: a message, or those of a day together."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from yumiao.model.text import Text


@dataclass(frozen=True)
class Item:
    """One message in a parcel; ``arguments`` is canonical JSON, ``address`` the page it leads to, or empty."""

    id: str
    kind: str
    arguments: str
    text: Text
    address: str
    created_at: dt.datetime


@dataclass(frozen=True)
class Parcel:
    """Messages to one person.

    Attributes:
        person: opaque id.
        login: for mail, whose address is the login at a domain; it stands in no text.
        items: one message, or several of a digest, the earliest first.
    """

    person: str
    login: str
    items: tuple[Item, ...]

    @property
    def id(self) -> str:
        """Return what names the parcel at the other end: the same parcel sent twice has the same id."""
        return self.items[0].id if len(self.items) == 1 else f"{self.items[0].id}-{len(self.items)}"

    def subject(self) -> str:
        """Return the heading of the parcel, in both languages."""
        count = len(self.items)
        return f"育苗：{count} 条消息 / Yumiao: {count} {'message' if count == 1 else 'messages'}"

    def body(self, site: str) -> str:
        """Return the words of the parcel in both languages, with links where the address of the site is known."""
        parts = []
        for item in self.items:
            link = f"\n{site}{item.address}" if site and item.address else ""
            parts.append(f"{item.text.zh}\n{item.text.en}{link}")
        return "\n\n".join(parts) + "\n"


class SendingFailedError(Exception):
    """A parcel was not taken over; ``code`` says why, in one word that is kept with the delivery."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
