"""Refusals of the rebates app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dealers.errors import Refused


class NotForfeited(Refused):
    code = "not_forfeited"
    sentence = _("%(reference)s forfeited no rebates of %(year)s; there is nothing to lift.")
