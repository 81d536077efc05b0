"""Words of the rebates' pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.translation import get_language

register = template.Library()


@register.filter
def places(regions: Iterable[Mapping[str, Any]]) -> str:
    """``{{ application.evidence|places }}``: the regions' names in the page's language."""
    chinese = (get_language() or "").startswith("zh")
    names = (str(region["name_zh" if chinese else "name_en"]) for region in regions)
    return ("、" if chinese else ", ").join(names)
