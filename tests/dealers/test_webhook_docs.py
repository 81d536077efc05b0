"""The example of docs/webhooks.md is code that works."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dealers.foundation.signatures import sign

DOCS = Path(__file__).parents[2] / "docs" / "webhooks.md"


def test_the_python_example_trusts_our_signature_and_no_other() -> None:
    example = re.search(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    space: dict[str, Any] = {}
    exec(example.group(1), space)
    is_genuine, present = space["is_genuine"], datetime.now(UTC)
    body = '{"dealer":"杭州"}'.encode()
    header = sign(body, secrets=["new", "old"], at=present)
    assert is_genuine(header, body, "new") and is_genuine(header, body, "old")
    assert not is_genuine(header, body + b" ", "new")
    assert not is_genuine(header, body, "other")
    assert not is_genuine(sign(body, secrets=["new"], at=present - timedelta(minutes=6)), body, "new")
    assert not is_genuine("", body, "new")
