"""An input that is refused, with a reason a person can read in either language."""

from __future__ import annotations

from typing import Any

from dealers.foundation.wording import in_english, in_readers_language


def msgid(text: str) -> str:
    """Mark an English sentence for the translation catalogue without translating it yet (imported as `_`)."""
    return text


class Refused(ValueError):
    """Something given from outside cannot be accepted.

    `code` is stable and meant for machines. `message` is the English source sentence of the translation
    catalogue and `params` fills it in, so that the reason is put into words only when somebody reads it.
    """

    def __init__(self, code: str, message: str, **params: Any) -> None:
        super().__init__(code, message, params)
        self.code = code
        self.message = message
        self.params = params

    def __str__(self) -> str:
        """Say it in English, for logs and for code that runs without a language."""
        return in_english(self.message, self.params)

    def render(self) -> str:
        """Say it in the reader's language."""
        return in_readers_language(self.message, self.params)
