"""Private links of people without an account.

A token is a keyed hash of a random nonce: the server can make it again for an e-mail, and the database alone, which
has the nonce and the token's digest, cannot.
"""

from __future__ import annotations

import base64
import secrets
from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.utils.crypto import salted_hmac

from dealers.models import AdmissionInvitation, Application
from dealers.models.admission import PrivateLink
from dealers.selectors.admission import link_digest

Linked = TypeVar("Linked", bound=PrivateLink)
_SALT = "dealers.services.admission.links"


def give_link(row: Linked, ends_at: datetime) -> Linked:
    """A new link for a row the caller saves; the one before no longer works."""
    row.link_nonce = secrets.token_urlsafe(24)
    row.link_digest = link_digest(token_of(row))
    row.link_ends_at = ends_at
    return row


def token_of(row: PrivateLink) -> str:
    """The token of the row's link. Whoever is given it can do what the applicant can."""
    made = salted_hmac(_SALT, f"{row._meta.label_lower}:{row.link_nonce}", algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def path_of(row: PrivateLink) -> str:
    """Where the link leads."""
    return f"/join/invited/{token_of(row)}/" if isinstance(row, AdmissionInvitation) else f"/join/{token_of(row)}/"


def address_of_link(row: PrivateLink) -> str:
    """The whole address, for e-mails and for headquarters to pass on."""
    return f"{settings.APP_URL}{path_of(row)}"


def email_proof(application: Application) -> str:
    """What a mail to the applicant's address carries, and nobody knows who cannot read that mail."""
    return salted_hmac(_SALT, f"email:{application.link_nonce}:{application.email}", algorithm="sha256").hexdigest()[
        :32
    ]
