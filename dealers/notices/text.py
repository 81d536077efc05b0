"""What a notice says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class NoticeText:
    """Title and body as gettext sentences with ``%(name)s`` places filled from the notice's params."""

    title: Any
    body: Any
