"""The icon set, drawn on a 24 × 24 grid with one stroke; colour and size come from the stylesheet."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

PATHS: dict[str, str] = {
    "alert": "M12 8v5M12 16.5v.5M10.3 3.9 2.6 17.2A2 2 0 0 0 4.3 20h15.4a2 2 0 0 0 1.7-2.8L13.7 3.9a2 2 0 0 0-3.4 0z",
    "archive": "M4 8v11h16V8M3 4h18v4H3zM10 12h4",
    "band": "M4 5h16M4 19h16M8 15l3-4 3 2 3-5",
    "bell": "M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4",
    "book": "M5 4h12a2 2 0 0 1 2 2v14H7a2 2 0 0 1-2-2zM5 18a2 2 0 0 1 2-2h12M9 8h6",
    "box": "M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8",
    "calendar": "M5 6h14v14H5zM5 10h14M9 3v4M15 3v4",
    "chart": "M4 20h16M7 16v-5M12 16V6M17 16v-8",
    "check": "M5 12.5l4.5 4.5L19 7.5",
    "chevron": "M9 6l6 6-6 6",
    "clock": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3.5 2",
    "close": "M6 6l12 12M18 6L6 18",
    "coins": "M9 4c3.3 0 6 1.1 6 2.5S12.3 9 9 9 3 7.9 3 6.5 5.7 4 9 4zM3 6.5v5C3 12.9 5.7 14 9 14M15 6.5V10"
    "M15 11c3.3 0 6 1.1 6 2.5S18.3 16 15 16s-6-1.1-6-2.5S11.7 11 15 11zM9 13.5v4c0 1.4 2.7 2.5 6 2.5s6-1.1 6-2.5v-4",
    "document": "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
    "download": "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M4 20h16",
    "edit": "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
    "flag": "M6 21V4M6 5h11l-2 4 2 4H6",
    "hand": "M8 12V6a1.5 1.5 0 0 1 3 0v5V4.5a1.5 1.5 0 0 1 3 0V11V6a1.5 1.5 0 0 1 3 0v8a7 7 0 0 1-7 7c-3"
    " 0-4.5-1.5-6-4.5L3.5 14c1-1.5 3-1 4.5 1z",
    "home": "M4 11l8-7 8 7v9h-5v-6H9v6H4z",
    "inbox": "M4 13l3-8h10l3 8v6H4zM4 13h5l1.5 2.5h3L15 13h5",
    "info": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5M12 7.5v.5",
    "key": "M14.5 4a5.5 5.5 0 0 0-5.2 7.3L4 16.6V20h3.5v-2.5H10v-2l1.7-1.7A5.5 5.5 0 1 0 14.5 4zM16 8.5v.01",
    "ledger": "M5 4h14v16H5zM9 4v16M12 9h4M12 13h4",
    "list": "M9 6h11M9 12h11M9 18h11M4.5 6v.01M4.5 12v.01M4.5 18v.01",
    "lock": "M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3",
    "map": "M12 21c4-4.5 6-7.5 6-10.5a6 6 0 1 0-12 0C6 13.5 8 16.5 12 21zM12 8.5a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
    "megaphone": "M4 10v4h3l9 5V5L7 10zM19 9.5a4 4 0 0 1 0 5M8 14v5h3",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "minus": "M6 12h12",
    "moon": "M12 3v18a9 9 0 0 1 0-18zM12 3a9 9 0 0 1 0 18",
    "plus": "M12 5v14M5 12h14",
    "print": "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
    "question": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7M12 16.5v.01",
    "receipt": "M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6",
    "refresh": "M20 11a8 8 0 0 0-14.5-3.5L4 9M4 4v5h5M4 13a8 8 0 0 0 14.5 3.5L20 15M20 20v-5h-5",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5L20 20",
    "shield": "M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM9 11.5l2.2 2.2L15.5 9.5",
    "sync": "M4 8h13M14 5l3 3-3 3M20 16H7M10 13l-3 3 3 3",
    "target": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 12v.01",
    "upload": "M12 16V5M7.5 9L12 4.5 16.5 9M4 20h16",
    "user": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5",
    "users": "M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM3 19c.7-3.5 3-5 6-5s5.3 1.5 6 5M15.5 5.5a3.3 3.3 0 0"
    " 1 0 6.2M17.5 14.5c2 .7 3 2.2 3.5 4.5",
}


def draw_icon(name: str, label: str = "") -> SafeString:
    """The icon as inline SVG; named for readers of the screen when ``label`` says what it means.

    Raises KeyError for a name that is not drawn.
    """
    path = mark_safe(f'<path d="{PATHS[name]}"/>')
    if label:
        return format_html(
            '<svg class="icon" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>',
            label,
            path,
        )
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', path)
