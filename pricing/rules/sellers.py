"""Under which key a seller or shop is known, and which names are alike enough to suggest one."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlsplit

_NOT_A_LETTER = re.compile(r"[\W_]+")
#: What company names end in; it says nothing about who they are.
_ENDINGS = (
    "有限责任公司",
    "股份有限公司",
    "有限公司",
    "官方旗舰店",
    "旗舰店",
    "专营店",
    "专卖店",
    "公司",
    "的店",
    "店铺",
)
_WEB = ("http", "https")
_GRAM = 2


def normal_name(text: str) -> str:
    """A name without width, case, spaces and punctuation: what has to be equal for two names to be one."""
    return _NOT_A_LETTER.sub("", unicodedata.normalize("NFKC", text).casefold())


def seller_key(platform: str, seller: str) -> str:
    """The key of a seller on a platform; the same name elsewhere may be somebody else."""
    return f"{normal_name(platform)}|{normal_name(seller)}"


def shop_key(address: str) -> str:
    """The key of a shop: host and path of its address, without what a visitor adds to it. Empty for no address."""
    if not address:
        return ""
    parts = urlsplit(address)
    host = (parts.hostname or "").removeprefix("www.")
    return f"shop:{host}{parts.path.rstrip('/').lower()}"


def is_web_address(text: str) -> bool:
    """Whether a link may be shown as one: http or https with a host, no credentials, nothing that breaks a line."""
    if not text.isprintable() or any(character.isspace() or character in "\\<>\"'`" for character in text):
        return False
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in _WEB and bool(parts.hostname) and parts.username is None and text.startswith(parts.scheme)


def likeness(one: str, other: str) -> float:
    """How alike two names are, from 0 to 1: the pairs of neighbouring characters they share.

    Chinese has no spaces to find words by, so pairs of characters take the place of words; the usual endings of
    companies and shops are left out, since every name shares them.
    """
    first, second = _pairs(one), _pairs(other)
    whole = first.total() + second.total()
    return 2 * (first & second).total() / whole if whole else 0.0


def most_alike(name: str, known: Iterable[tuple[int, str]], *, least: float = 0.4, most: int = 5) -> list[int]:
    """The ids of the names most like ``name``, the likest first; none below ``least``."""
    weighed = [(likeness(name, other), id) for id, other in known]
    fitting = sorted(((like, id) for like, id in weighed if like >= least), key=lambda found: (-found[0], found[1]))
    return list(dict.fromkeys(id for _like, id in fitting))[:most]


def _pairs(text: str) -> Counter[str]:
    name = normal_name(text)
    for ending in _ENDINGS:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            name = name.removesuffix(ending)
            break
    return Counter(name[place : place + _GRAM] for place in range(len(name) - _GRAM + 1))
