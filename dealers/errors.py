"""Refusals: a rule of the trade says no. Each carries a stable code, a sentence and the numbers in it."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """A request that was understood and is not allowed. Doors turn it into an answer with ``status``.

    Subclasses name their ``code`` and ``sentence``; ``params`` fill the sentence's ``%(name)s`` places.
    """

    code = "refused"
    sentence: str | Promise = _("This is not allowed.")
    status = 409

    def __init__(self, **params: Any) -> None:
        self.params = params
        super().__init__(self.code)

    def __str__(self) -> str:
        """The sentence in the active language."""
        return str(self.sentence) % self.params


class NotPermitted(Refused):
    """The person's role does not include this."""

    code = "not_permitted"
    sentence = _("Your role does not allow this.")
    status = 403


class OwnWork(Refused):
    """Whoever proposes never decides (rulebook section 0, separation of duties)."""

    code = "own_work"
    sentence = _("You took part in this yourself; another person has to decide it.")
    status = 403


class NotFound(Refused):
    """The thing does not exist, or is not yours to see; the two look the same on purpose."""

    code = "not_found"
    sentence = _("There is no %(what)s %(key)s.")
    status = 404
