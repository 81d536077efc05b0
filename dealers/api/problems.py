"""Every error of the API as ``application/problem+json`` (RFC 9457): one handler, stable codes."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.signals import got_request_exception
from django.http import Http404
from django.utils.translation import gettext
from rest_framework import exceptions
from rest_framework.response import Response

from dealers.errors import Refused
from dealers.foundation.refusals import Refused as ValueRefused
from dealers.foundation.tabular import UnusableFile

CONTENT_TYPE = "application/problem+json"
logger = logging.getLogger("django.request")


class Problem(exceptions.APIException):
    """An error a door raises itself, with a stable ``code``."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        errors: list[dict[str, Any]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail=detail, code=code)
        self.status_code = status
        self.problem_code = code
        self.errors = errors or []
        self.headers = headers or {}


class Replay(Exception):
    """The request was answered before; carries the first answer to the handler."""

    def __init__(self, status: int, answer: Any) -> None:
        super().__init__(status)
        self.status = status
        self.answer = answer


def exception_handler(error: Exception, context: dict[str, Any]) -> Response:
    """Turn an exception into a problem document. A fault of ours is logged whole and told without details."""
    if isinstance(error, Replay):
        return Response(
            error.answer,
            status=error.status,
            content_type=CONTENT_TYPE if error.status >= 400 else None,
            headers={"Idempotency-Replayed": "true"},
        )
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, RequestDataTooBig):
        error = Problem(413, "body_too_large", gettext("The body is larger than this call accepts; send several."))
    if isinstance(error, Refused):
        return problem_response(error.status, error.code, str(error))
    if isinstance(error, UnusableFile):
        detail = gettext("The body cannot be used: it %(problem)s.") % {"problem": error.render()}
        return problem_response(413 if error.code == "body_too_large" else 400, error.code, detail)
    if isinstance(error, ValueRefused):
        return problem_response(400, error.code, error.render())
    if isinstance(error, Problem):
        return problem_response(error.status_code, error.problem_code, str(error.detail), error.errors, error.headers)
    if isinstance(error, exceptions.ValidationError):
        errors = list(_field_errors(error.get_full_details(), ()))
        return problem_response(400, "invalid", gettext("Some fields are not valid."), errors)
    if isinstance(error, exceptions.APIException):
        return problem_response(error.status_code, _code(error), _sentence(error), headers=_headers(error))
    return _fault_of_ours(error, context)


def _fault_of_ours(error: Exception, context: dict[str, Any]) -> Response:
    request = context["request"]._request
    logger.error("Internal error: %s", request.path, exc_info=error, extra={"status_code": 500, "request": request})
    got_request_exception.send(sender=None, request=request)
    return problem_response(500, "internal_error", gettext("Something failed on our side; try again in a moment."))


def problem_response(
    status: int,
    code: str,
    detail: str,
    errors: list[dict[str, Any]] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """A problem document. ``type`` is relative to the API's documentation of errors."""
    body = {
        "type": f"/api/v1/docs#problem-{code}",
        "title": code.replace("_", " "),
        "status": status,
        "detail": detail,
        "code": code,
        "errors": errors or [],
    }
    return Response(body, status=status, content_type=CONTENT_TYPE, headers=headers)


def _code(error: exceptions.APIException) -> str:
    codes = error.get_codes()
    return codes if isinstance(codes, str) else error.default_code


def _sentence(error: exceptions.APIException) -> str:
    """One sentence, also when the exception carries a structure."""
    detail: Any = error.detail
    return str(detail.get("detail", error.default_detail) if isinstance(detail, dict) else detail)


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if (challenge := getattr(error, "auth_header", None)) is not None:
        headers["WWW-Authenticate"] = challenge
    if (wait := getattr(error, "wait", None)) is not None:
        headers["Retry-After"] = str(int(wait) + 1)
    return headers


def _field_errors(details: Any, path: tuple[str, ...]) -> Any:
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        yield {"field": ".".join(path), "code": details["code"], "detail": details["message"]}
    elif isinstance(details, dict):
        for name, inner in details.items():
            yield from _field_errors(inner, path if name == "non_field_errors" else (*path, str(name)))
    elif isinstance(details, list):
        leaves = all(isinstance(inner, dict) and set(inner) == {"message", "code"} for inner in details)
        for index, inner in enumerate(details):
            yield from _field_errors(inner, path if leaves else (*path, str(index)))
