"""What every call has in common in the API's own description: errors, retries, language."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from dealers.api.idempotency import IdempotentPosts
from dealers.api.problems import CONTENT_TYPE

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description=(
        "Chosen by the caller, 1 to 200 printable ASCII characters, a new one for every new request. A retry with the "
        "same key and body gets the first answer again, marked `Idempotency-Replayed: true`; another body is answered "
        "with 422, and 409 says that the first request is still running."
    ),
)
ACCEPT_LANGUAGE = OpenApiParameter(
    "Accept-Language",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    enum=["zh-hans", "en"],
    description="The language of sentences such as `detail`; Chinese when nothing is asked for.",
)

_ALWAYS = {
    "400": "The request is malformed; `code` and `errors` say where.",
    "401": "No key or session, or one that has ended.",
    "403": "The key lacks the scope, or the person's role the right; or a session call lacks its CSRF token.",
    "406": "Only application/json can be answered (statements also as files).",
    "429": "Too many calls; `Retry-After` says when to come back.",
    "500": "Something failed on our side; the request can be sent again.",
}
_ABOUT_ONE = {"404": "There is no such thing, or it is not yours."}
_ON_WRITES = {
    "404": "There is no such thing, or it is not yours.",
    "409": "The state of things does not allow it, or the first request with this Idempotency-Key is still running.",
    "413": "The body is too large; send several.",
    "415": "The content type or encoding is not understood; `detail` names those that are.",
    "422": "The Idempotency-Key was used for another body, or the values do not go together.",
}


class FieldErrorSerializer(serializers.Serializer[Any]):
    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """An error (RFC 9457). `code` is stable; `detail` is for people, in the language asked for."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = FieldErrorSerializer(many=True)  # type: ignore[assignment]


class DocumentedSchema(AutoSchema):
    """Adds to each operation what the frame around the views does."""

    def get_override_parameters(self) -> list[Any]:
        parameters: list[Any] = [ACCEPT_LANGUAGE]
        if self.method == "POST" and isinstance(self.view, IdempotentPosts):
            parameters.append(IDEMPOTENCY_KEY)
        return parameters

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        problems = dict(_ALWAYS)
        if self.method in ("POST", "PUT"):
            problems |= _ON_WRITES
        elif "{" in self.path or getattr(self.view, "may_not_find", False):
            problems |= _ABOUT_ONE
        for status, meaning in sorted(problems.items()):
            operation["responses"].setdefault(status, self._problem(status, meaning))
        return operation

    def _problem(self, status: str, meaning: str) -> dict[str, Any]:
        problem = self.resolve_serializer(ProblemSerializer, "response")
        answer: dict[str, Any] = {"description": meaning, "content": {CONTENT_TYPE: {"schema": problem.ref}}}
        if status == "401":
            answer["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
        if status == "429":
            answer["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
        return answer
