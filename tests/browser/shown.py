"""Pages got beforehand shown in a real browser, and what axe-core, the keyboard and a narrow window say of them.

No server is asked: a page is what a test client has got, its style sheets and scripts are read from their files. So
pages can be looked at that live in the transaction of a test, which nobody else sees and which even this thread does
not see while a browser is driven (Django keeps other connections beside an event loop).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from tests.browser.desk import PATIENCE

HERE = "http://testserver"
#: Success criteria of WCAG 2.2 up to AA, and the practices axe-core recommends beside them.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE, NARROW = {"width": 1400, "height": 900}, {"width": 320, "height": 640}
#: What has the focus and shows no outline, or lies outside of the window; nothing when all is well.
_LOST = """() => {
  const here = document.activeElement, style = getComputedStyle(here), box = here.getBoundingClientRect();
  if (here === document.body) return "";
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const there = box.width > 0 && box.left >= 0 && box.top < innerHeight && box.bottom > 0;
  return outlined && there ? "" : here.outerHTML.slice(0, 160);
}"""


class Shown:
    """A browser window that shows one page after another."""

    def __init__(self, chromium: Any) -> None:
        self._axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is missing").Axe()
        self.context = chromium.new_context(viewport=WIDE, reduced_motion="reduce")
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.route("**/*", self._answer)
        self._path = self._html = ""

    def _answer(self, route: Any) -> None:
        path = urlsplit(route.request.url).path
        if path == self._path:
            route.fulfill(content_type="text/html; charset=utf-8", body=self._html)
        elif path.startswith(settings.STATIC_URL) and (found := finders.find(path.removeprefix(settings.STATIC_URL))):
            route.fulfill(path=found)
        else:
            route.abort()

    def open(self, path: str, html: str) -> None:
        self._path, self._html = urlsplit(path).path, html
        self.page.set_viewport_size(WIDE)
        self.page.emulate_media(color_scheme="light")
        self.page.goto(HERE + path)

    def objections(self) -> list[str]:
        """What axe-core objects to: everything in light, and what cannot be read in dark."""
        found = self._objections({"type": "tag", "values": RULES})
        self.page.emulate_media(color_scheme="dark")
        return found + [f"dark: {each}" for each in self._objections({"type": "rule", "values": ["color-contrast"]})]

    def _objections(self, rules: dict[str, Any]) -> list[str]:
        answer = self._axe.run(self.page, options={"runOnly": rules, "resultTypes": ["violations"]}).response
        return [
            f"{rule['id']}: {node['target'][0]} {node['html'][:120]} {node['failureSummary'][:300]}"
            for rule in answer["violations"]
            for node in rule["nodes"]
        ]

    def unmarked(self, steps: int) -> list[str]:
        """Where the focus cannot be seen, of the first so many places the tab key leads to."""
        found = []
        for _ in range(steps):
            self.page.keyboard.press("Tab")
            if lost := self.page.evaluate(_LOST):
                found.append(lost)
        return found

    def too_wide(self) -> int:
        """How far the page scrolls sideways in a window of 320 px, which is one of 1280 px at 400 %."""
        self.page.set_viewport_size(NARROW)
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@contextmanager
def shown(chromium: Any) -> Iterator[Shown]:
    window = Shown(chromium)
    try:
        yield window
    finally:
        window.context.close()
