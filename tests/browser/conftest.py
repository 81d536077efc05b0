"""One chromium for all the browser tests of a run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from tests.browser.desk import started_chromium


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    with started_chromium() as browser:
        yield browser


@pytest.fixture(autouse=True)
def forgotten() -> None:
    """How often somebody tried, and whatever else the cache keeps, belongs to the test before."""
    cache.clear()
