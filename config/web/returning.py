"""Back to the page a small form was sent from."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def return_address(request: HttpRequest) -> str:
    """The ``next`` address of the form if it stays on this site, else the start page."""
    address = request.POST.get("next", "")
    stays = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if stays else "/"
