"""What a page gives to somebody who hears it or has no mouse: names, headings, landmarks, tables, pictures in words.

Read from the markup alone, so that every page of a walk can be looked at. What only a browser knows (contrast, focus,
order on the screen) is looked at by tests/browser/test_accessibility.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)
_CONTROLS = ("input", "select", "textarea")
#: Attributes that name other elements by their ids.
_REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "popovertarget", "list")


@dataclass
class Element:
    """An element of a page with what it holds."""

    tag: str
    attrs: dict[str, str]
    parent: Element | None = None
    children: list[Element | str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Element]:
        """This element and every one within it, in the order of the page; patterns for scripts are no part of it."""
        yield self
        for child in self.children:
            if isinstance(child, Element) and child.tag != "template":
                yield from child

    def all(self, *tags: str) -> list[Element]:
        return [one for one in self if one.tag in tags and not one.unheard]

    def within(self, *tags: str) -> Element | None:
        """The nearest element around this one with such a tag."""
        around = self.parent
        while around is not None and around.tag not in tags:
            around = around.parent
        return around

    @property
    def unheard(self) -> bool:
        """Said to be nothing for a screen reader, itself or with what is around it."""
        return self.attrs.get("aria-hidden") == "true" or (self.parent is not None and self.parent.unheard)

    @property
    def words(self) -> str:
        """What is read out: text, and the words of pictures."""
        if self.attrs.get("aria-hidden") == "true":
            return ""
        own = self.attrs.get("aria-label") or self.attrs.get("alt") or ""
        pieces = [child if isinstance(child, str) else child.words for child in self.children]
        return " ".join(filter(None, (own, *(piece.strip() for piece in pieces))))

    def __str__(self) -> str:
        told = " ".join(f'{name}="{value}"' for name, value in self.attrs.items() if name not in ("class", "d"))
        return f"<{self.tag} {told[:90]}>"


class _Tree(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.root = self.here = Element("", {})
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(made)
        if tag not in _VOID:
            self.here = made

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.here.children.append(Element(tag, {name: value or "" for name, value in attrs}, self.here))

    def handle_endtag(self, tag: str) -> None:
        at: Element | None = self.here
        while at is not None and at.tag != tag:
            at = at.parent
        if at is not None and at.parent is not None:
            self.here = at.parent

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


def page_of(html: str) -> Element:
    """The tree of a page."""
    return _Tree(html).root


def faults(html: str, language: str) -> list[str]:
    """Everything on the page that somebody would miss, each with the element; nothing when all is well."""
    page = page_of(html)
    found = [*_language(page, language)]
    for check in _CHECKS:
        found += check(page)
    return found


def _language(page: Element, language: str) -> Iterator[str]:
    lang = next((one.attrs.get("lang", "") for one in page.all("html")), "")
    if lang.lower() != language:
        yield f"the page says it is in {lang!r}, not in {language!r}"


def _landmarks(page: Element) -> Iterator[str]:
    for tag in ("main", "h1", "title"):
        if (count := len([one for one in page.all(tag) if tag != "title" or not one.within("svg")])) != 1:
            yield f"{count} × <{tag}>"
    if page.all("nav"):
        first = next(one for one in page.all("a", "button", "input") if one.within("body"))
        if first.attrs.get("href") != "#main":
            yield f"the first thing to reach is {first} and not the way to the content"
    for nav in page.all("nav"):
        if not nav.attrs.get("aria-label"):
            yield f"a <nav> without a name: {nav.words[:40]}"


def _headings(page: Element) -> Iterator[str]:
    before = 1
    for heading in [one for main in page.all("main") for one in main.all("h1", "h2", "h3", "h4", "h5", "h6")]:
        level = int(heading.tag[1])
        if level > before + 1:
            yield f"<{heading.tag}>{heading.words[:40]} follows a heading of level {before}"
        if not heading.words:
            yield f"an empty {heading}"
        before = level


def _ids(page: Element) -> Iterator[str]:
    known = Counter(one.attrs["id"] for one in page if one.attrs.get("id"))
    yield from (f"{count} × id {name!r}" for name, count in known.items() if count > 1)
    for one in page:
        named = [name for attribute in _REFERENCES for name in one.attrs.get(attribute, "").split()]
        if one.tag == "a" and one.attrs.get("href", "").startswith("#"):
            named.append(one.attrs["href"][1:])
        yield from (f"{one} names #{name}, which is not there" for name in named if name and name not in known)


def _names(page: Element) -> Iterator[str]:
    labelled = {one.attrs["for"] for one in page.all("label") if one.attrs.get("for") and one.words}
    ids = {one.attrs["id"]: one for one in page if one.attrs.get("id")}
    for one in page.all(*_CONTROLS, "button", "a", "summary", "progress", "meter"):
        if one.attrs.get("type") == "hidden" or (one.tag == "a" and "href" not in one.attrs):
            continue
        by = " ".join(ids[name].words for name in one.attrs.get("aria-labelledby", "").split() if name in ids)
        name = one.attrs.get("aria-label") or by or one.attrs.get("title", "")
        if one.tag in _CONTROLS:
            around = one.within("label")
            name = name or (one.attrs.get("id") in labelled and "labelled") or (around.words if around else "")
            if one.attrs.get("type") in ("submit", "button"):
                name = name or one.attrs.get("value", "")
        else:
            name = name or one.words
        if not str(name).strip():
            yield f"{one} has no name"
    for one in page.all("fieldset"):
        if not any(child.tag == "legend" for child in one.children if isinstance(child, Element)):
            yield f"{one} has no legend"


def _errors(page: Element) -> Iterator[str]:
    for one in page.all(*_CONTROLS):
        around = one.within("fieldset")
        described = one.attrs.get("aria-describedby") or (around.attrs.get("aria-describedby") if around else "")
        if one.attrs.get("aria-invalid") == "true" and not described:
            yield f"{one} is wrong and does not say why"


def _tables(page: Element) -> Iterator[str]:
    for table in page.all("table"):
        heads = table.all("th")
        if not heads:
            yield f"a table without headings: {table.words[:60]}"
        yield from (f"{head} {head.words[:30]} heads nothing" for head in heads if head.attrs.get("scope") is None)
        yield from (f"an empty heading in {table} {table.words[:60]}" for head in heads if not _says_something(head))


def _says_something(head: Element) -> bool:
    return bool(head.words) or any(one.attrs.get("aria-label") for one in head.all("input"))


def _pictures(page: Element) -> Iterator[str]:
    yield from (f"{one} has no words" for one in page.all("img") if "alt" not in one.attrs)
    for svg in page.all("svg"):
        if svg.attrs.get("role") != "img" or not svg.attrs.get("aria-label"):
            yield f"{svg} neither says what it shows nor that it is decoration"
        figure = svg.within("figure")
        if "chart" in svg.attrs.get("class", "").split() and not (figure and figure.all("table", "ul", "ol")):
            yield f"{svg} is a chart whose figures cannot be read"


def _keyboard(page: Element) -> Iterator[str]:
    for one in page:
        if one.attrs.get("tabindex", "0").lstrip("-").isdigit() and int(one.attrs.get("tabindex", "0")) > 0:
            yield f"{one} jumps the queue of the tab key"
        if any(name.startswith("on") for name in one.attrs):
            yield f"{one} acts by an attribute"
        if "popover" in one.attrs and not (one.attrs.get("role") and _named(one, page)):
            yield f"{one} opens as a window without role and name"
    for one in page.all("ul", "ol"):
        if wrong := [
            c.tag for c in one.children if isinstance(c, Element) and c.tag not in ("li", "template", "script")
        ]:
            yield f"{one} holds {wrong} among its items"


def _named(one: Element, page: Element) -> bool:
    known = {other.attrs.get("id") for other in page}
    return bool(one.attrs.get("aria-label") or one.attrs.get("aria-labelledby") in known)


_CHECKS: tuple[Callable[[Element], Iterator[str]], ...] = (
    _landmarks,
    _headings,
    _ids,
    _names,
    _errors,
    _tables,
    _pictures,
    _keyboard,
)
