"""The API's description for machines, and the pages that show it."""

from __future__ import annotations

from django.views.generic import TemplateView
from drf_spectacular.views import SpectacularAPIView

from dealers.api.problem_codes import PROBLEM_CODES


class Schema(SpectacularAPIView):
    """OpenAPI 3.1, as YAML or, with ``Accept: application/json``, as JSON. Open to everyone."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = []


class Docs(TemplateView):
    """The calls to read and try, from files of our own, so that no other host is needed."""

    template_name = "api/docs.html"
    extra_context = {"problem_codes": PROBLEM_CODES}
