"""Plain forms shared by the calls: strict about unknown fields, instants with their offset, decimals as text."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields it does not know, so that a misspelt one is not lost in silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := set(data) - set(self.fields)):
            sentence = _("This call has no such field.")
            raise serializers.ValidationError({str(name)[:80]: [sentence] for name in unknown}, code="unknown_field")
        return super().to_internal_value(data)


class QuerySerializer(serializers.Serializer[Any]):
    """The parameters of a query. Raises the usual problem 400 for missing and malformed ones."""

    @classmethod
    def read(cls, request: Any) -> dict[str, Any]:
        query = cls(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        values: dict[str, Any] = query.validated_data
        return values


class FileSerializer(serializers.Serializer[Any]):
    """One file in a form of several parts; what it is shows in its content, see `dealers.services.files`."""

    file = serializers.FileField()

    @classmethod
    def read(cls, request: Any) -> UploadedFile:
        """The file that came. Raises the usual problem 400 without one."""
        body = cls(data=request.data)
        body.is_valid(raise_exception=True)
        file: UploadedFile = body.validated_data["file"]
        return file
