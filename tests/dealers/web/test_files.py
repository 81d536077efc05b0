"""A kept file reaches the browser as a thing to save or a picture to look at, never as a page that runs."""

from __future__ import annotations

import pytest

from dealers.models import StoredFile
from dealers.web.files import file_response


def file(name: str, media_type: str) -> StoredFile:
    return StoredFile(name=name, media_type=media_type, size=3, content=b"abc")


def test_a_file_is_saved_under_its_own_name_also_in_chinese() -> None:
    response = file_response(file("活动照片.png", "image/png"))
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%E6%B4%BB")
    assert response.content == b"abc"


def test_a_picture_may_be_shown_in_its_place() -> None:
    assert file_response(file("a.png", "image/png"), inline=True)["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize("media_type", ["application/pdf", "text/plain", "text/csv", "image/heic"])
def test_everything_else_is_saved_even_when_asked_to_be_shown(media_type: str) -> None:
    response = file_response(file("a.bin", media_type), inline=True)
    assert response["Content-Disposition"].startswith("attachment")


def test_the_browser_may_neither_guess_the_kind_nor_run_anything() -> None:
    response = file_response(file("a.txt", "text/plain"))
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
