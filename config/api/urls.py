"""``/api/v1/``: every call, whichever app answers it, and the description of them all."""

from __future__ import annotations

from django.urls import include, path, re_path

from config.api.docs import Docs, Schema
from config.api.me import Me
from config.api.quarantine import QuarantineResubmission
from config.api.quarantine_bulk import QuarantineResubmissions
from config.api.unknown import UnknownCall

app_name = "api"

urlpatterns = [
    path("v1/schema", Schema.as_view(), name="schema"),
    path("v1/docs", Docs.as_view(), name="docs"),
    path("v1/me", Me.as_view(), name="me"),
    path("v1/quarantine/resubmissions", QuarantineResubmissions.as_view(), name="quarantine-resubmissions"),
    path("v1/quarantine/<int:line>/resubmit", QuarantineResubmission.as_view(), name="quarantine-resubmit"),
    path("v1/", include("dealers.api.urls")),
    path("v1/", include("pricing.api.urls")),
    path("v1/", include("aftersales.api.urls")),
    path("v1/", include("rebates.api.urls")),
    path("v1/", include("settlement.api.urls")),
    # Not "^.*$", which leaves addresses with line breaks to the pages' own 404.
    re_path(r"^", UnknownCall.as_view(), name="unknown"),
]
