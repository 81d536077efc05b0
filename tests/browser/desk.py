"""People at their browsers: a real chromium at the live server, and what its pages complain about."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from dealers.models import User
from tests.visitors import signed_in

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or ""
#: Headless, without sandbox (the tests may run as root) and without calls home.
FLAGS = [
    f"--{flag}"
    for flag in (
        "headless",
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
    )
]
#: How long a page may take on a machine that has other things to do.
PATIENCE = 60_000
PHONE: dict[str, Any] = {"viewport": {"width": 375, "height": 740}, "has_touch": True}

needs_chromium = pytest.mark.skipif(not Path(CHROMIUM).is_file(), reason="there is no chromium on this machine")
in_a_browser = [pytest.mark.browser, pytest.mark.django_db(transaction=True), needs_chromium]


@contextmanager
def started_chromium() -> Iterator[Any]:
    """A chromium of its own for as long as the block lasts."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    # Playwright keeps an event loop in this thread; Django would refuse its synchronous queries beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with playwright.sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            yield browser
            browser.close()
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Desk:
    """One person's browser, nobody signed in; whatever a page complains about is kept."""

    def __init__(self, chromium: Any, root: str, **options: Any) -> None:
        self.root = root
        self.complaints: list[str] = []
        #: Sentences of the browser that a test has provoked and does not count as complaints.
        self.expected: tuple[str, ...] = ()
        self.context = chromium.new_context(**{"locale": "en-GB", "reduced_motion": "reduce", **options})
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", lambda said: said.type in ("error", "warning") and self._complain(said.text))
        self.page.on("pageerror", lambda error: self._complain(str(error)))
        self.page.on("dialog", lambda dialog: dialog.accept())
        # What a browser gives up because the person goes on to another page has not failed.
        self.page.on(
            "requestfailed",
            lambda request: (
                request.failure == "net::ERR_ABORTED" or self._complain(f"failed: {request.url} {request.failure}")
            ),
        )

    def _complain(self, what: str) -> None:
        if not any(sentence in what for sentence in self.expected):
            self.complaints.append(what)

    def come_in(self, name: str) -> None:
        """Bring the session of an account along, as a browser does in which its owner signed in this morning."""
        person = User.objects.get(username=name)
        session = signed_in(person).cookies[settings.SESSION_COOKIE_NAME].value
        self.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.root}])

    def sign_in(self, name: str, password: str) -> None:
        self.open("/accounts/login/?next=/notices/")
        self.fill(login=name, password=password)
        self.press("form:has([name=password]) button")

    def open(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else self.root + path)

    def fill(self, within: str = "", **values: str) -> None:
        """Type into fields by their names."""
        for name, value in values.items():
            self.page.fill(f"{within} [name={name}]", value)

    def press(self, selector: str) -> None:
        """Press a button that sends something, opening what hides it; returns when the answer is shown."""
        button = self.page.locator(selector).first
        if not button.is_visible():
            hidden_in = button.evaluate("button => button.closest('[popover]')?.id ?? ''")
            if not hidden_in and button.evaluate("button => !!button.closest('main details')"):
                self.page.locator("main details", has=button).locator("summary").first.click()
            else:
                self.page.locator(f"[popovertarget={hidden_in}]" if hidden_in else "details.me summary").first.click()
        self.sending(button.click, in_place=button.evaluate("button => !!button.closest('[hx-post]')"))

    def sending(self, act: Any, *, in_place: bool) -> None:
        """Do what sends a form; returns when the page that answers is there, or its part is in place."""
        if not in_place:
            with self.page.expect_event("load"):
                act()
            return
        # The answer is there a moment before the page shows it; what is opened in between is closed again.
        self.page.evaluate(
            "() => { window.shown = new Promise(done => document.addEventListener('htmx:afterSettle', done)) }"
        )
        act()
        self.page.evaluate("() => window.shown")

    def follow(self, words: str) -> None:
        """Click the first link of the page that says these words."""
        with self.page.expect_event("load"):
            self.page.locator("main").get_by_role("link", name=words).first.click()

    def reads(self, *sentences: str) -> None:
        """The page shows every one of these."""
        text = self.page.inner_text("body")
        missing = [sentence for sentence in sentences if sentence not in text]
        assert not missing, f"{self.page.url} says\n{text[:3000]}\nand not {missing}"

    def too_wide(self) -> int:
        """By how many pixels the page would have to be scrolled sideways."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@contextmanager
def visit(chromium: Any, live_server: Any, **options: Any) -> Iterator[Desk]:
    """Somebody without an account; in the end nothing on any page may have been refused or gone wrong."""
    seat = Desk(chromium, live_server.url, **options)
    try:
        yield seat
        assert seat.complaints == []
    finally:
        seat.context.close()


@contextmanager
def desk(chromium: Any, live_server: Any, name: str, **options: Any) -> Iterator[Desk]:
    """Somebody who is signed in."""
    with visit(chromium, live_server, **options) as seat:
        seat.come_in(name)
        yield seat
