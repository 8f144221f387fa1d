"""The icons of the navigation: lines on a grid of 24, drawn for this platform; always beside a word."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString

PATHS: dict[str, str] = {
    "overview": "M4 4h7v9H4zM13 4h7v5h-7zM13 11h7v9h-7zM4 15h7v5H4z",
    "enterprises": (
        "M5.5 20V5a1 1 0 0 1 1-1h7a1 1 0 0 1 1 1v15M14.5 10h3a1 1 0 0 1 1 1v9M3.5 20h17"
        "M8.5 8h3M8.5 12h3M8.5 16h3"
    ),
    "chains": (
        "M9.5 14.5l5-5M11 7.2l1.4-1.4a4 4 0 0 1 5.8 5.8L16.8 13M13 16.8l-1.4 1.4a4 4 0 0 1-5.8-5.8L7.2 11"
    ),
    "indicators": "M4 20h16M7 20v-6M12 20V6M17 20v-9",
    "imports": (
        "M5 6.5C5 4.8 8.1 3.5 12 3.5s7 1.3 7 3-3.1 3-7 3-7-1.3-7-3z"
        "M5 6.5V12c0 1.7 3.1 3 7 3s7-1.3 7-3V6.5M5 12v5.5c0 1.7 3.1 3 7 3s7-1.3 7-3V12"
    ),
    "policies": "M7 3.5h7l4 4v13H7zM14 3.5v4h4M10 11.5h5M10 15.5h5",
    "campaigns": "M9 3.5h6v3.5H9zM9 5H5.5v15.5h13V5H15M9 13.5l2.2 2.2 4-4.4",
    "people": (
        "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 20c0-3.3 2.7-6 6-6s6 2.7 6 6"
        "M15.5 4.7a3.5 3.5 0 0 1 0 6.6M17.5 14.5c2.1.9 3.5 3 3.5 5.5"
    ),
    "tokens": "M15 4a5 5 0 1 0 0 10 5 5 0 0 0 0-10zM11.4 12.6 4 20M6.5 17.5l2 2M9.5 14.5l2 2",
    "divisions": "M3.5 6.5 9 4.5l6 2 5.5-2v13L15 19.5l-6-2-5.5 2zM9 4.5v13M15 6.5v13",
    "calendar": "M4 6h16v14H4zM4 10.5h16M8 3.5V7M16 3.5V7",
    "retention": "M3.5 4.5h17v4h-17zM5 8.5v11h14v-11M10 12.5h4",
    "journal": "M5 6.5h.01M5 12h.01M5 17.5h.01M9 6.5h11M9 12h11M9 17.5h7",
    "home": "M4 11.5 12 4.5l8 7V20h-5.5v-5.5h-5V20H4z",
    "questions": (
        "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17z"
        "M9.5 9.8a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7M12 16.8h.01"
    ),
    "facts": "M4 5h16v14H4zM4 9.5h16M10 9.5V19",
    "messages": "M6.5 16.5V11a5.5 5.5 0 0 1 11 0v5.5l2 2h-15zM10.5 20.7h3",
    "more": "M6 12h.01M12 12h.01M18 12h.01",
    "find": "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.3 15.3 20 20",
    "upload": "M12 15.5V4.5M7.5 9 12 4.5 16.5 9M4.5 15.5v4h15v-4",
    "download": "M12 4.5v11M7.5 11l4.5 4.5 4.5-4.5M4.5 15.5v4h15v-4",
    "print": "M7 9V3.5h10V9M7 17.5H4V9h16v8.5h-3M7 14h10v6.5H7z",
}
"""Name → the path that is drawn."""


def draw_icon(name: str) -> SafeString:
    """Return an icon as markup; it is hidden from readers of the screen, as its word stands beside it.

    Raises: KeyError for a name that is none.
    """
    return format_html(
        '<svg class="ym-i" width="22" height="22" viewBox="0 0 24 24" aria-hidden="true"><path d="{}" fill="none"'
        ' stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"/></svg>',
        PATHS[name],
    )
