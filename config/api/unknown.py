"""Addresses under ``/api/`` that do not exist, answered like every other error."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class UnknownCall(APIView):
    """404 for everyone and every method; telling strangers that an address is unknown gives nothing away."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = []
    schema = None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.http_method_names = [str(request.method).lower()]
        setattr(self, self.http_method_names[0], self._missing)
        return super().dispatch(request, *args, **kwargs)

    def _missing(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        raise Http404
