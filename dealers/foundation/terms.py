"""Typed, frozen terms out of plain values, with every fault and its place.

A section of the policy document is a `Section` of `Terms`: frozen models that take exactly their keys. Values are
read strictly: decimals from text only, whole numbers as such, a word from a closed list. Each reading refuses with a
stable code and an English msgid, so that a fault can be shown in either language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, Protocol, Self, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic.functional_validators import WrapValidator
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError
from pydantic_core.core_schema import ErrorType

from dealers.foundation.faults import Fault, Location
from dealers.foundation.refusals import msgid as _

_MOST_KEPT = 128

_SENTENCES: Mapping[str, tuple[str, str]] = {
    "missing": ("missing", _("is missing")),
    "extra_forbidden": ("unknown_key", _("is no key of the policy document")),
    "model_type": ("not_a_section", _("must be a section with keys of its own")),
    "model_attributes_type": ("not_a_section", _("must be a section with keys of its own")),
    "string_type": ("not_text", _("must be text; put it in quotes")),
    "bool_type": ("not_true_or_false", _("must be true or false")),
    "tuple_type": ("not_a_list", _("must be a list")),
}
_BUILT_IN = frozenset(get_args(ErrorType))
_OTHERWISE = ("invalid", _("cannot be read"))


T = TypeVar("T", bound="Terms")


class StoredPolicy(Protocol):
    """The record of a policy version, as far as terms need it."""

    @property
    def digest(self) -> str: ...

    @property
    def document(self) -> Any: ...


class Terms(BaseModel):
    """Part of a section: frozen, strict, and with no key it does not know."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", validate_by_alias=True, validate_by_name=False)


class Section(Terms):
    """One app's section of the policy document."""

    key: ClassVar[str]
    """Its name in the document."""

    @classmethod
    def parse(cls, section: Any) -> tuple[Self | None, list[Fault]]:
        """Read the section's plain values. Errors leave no terms; remarks come beside them."""
        terms, faults = parse_terms(cls, section)
        if terms is not None:
            faults = [*faults, *terms.remarks()]
        return terms, [fault.under(cls.key) for fault in faults]

    def remarks(self) -> Iterator[Fault]:
        """What is allowed and yet deserves a second look, with locations within the section."""
        return iter(())

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """The section's terms in a whole document that has been checked before."""
        return cls.model_validate(document[cls.key])

    @classmethod
    def in_version(cls, policy: StoredPolicy) -> Self:
        """The section's terms in a stored policy version, read once per process and content."""
        known = _KEPT.get((cls, policy.digest))
        if known is None:
            if len(_KEPT) >= _MOST_KEPT:
                _KEPT.clear()
            known = _KEPT[cls, policy.digest] = cls.of(policy.document)
        assert isinstance(known, cls)
        return known


_KEPT: dict[tuple[type[Section], str], Section] = {}


def parse_terms(model: type[T], value: Any) -> tuple[T | None, list[Fault]]:
    """Read plain values as `model`; every fault found, or the terms and none."""
    try:
        return model.model_validate(value), []
    except ValidationError as error:
        return None, [_fault(detail) for detail in error.errors(include_url=False, include_context=True)]


def as_document(terms: Terms) -> dict[str, Any]:
    """Terms as JSON keeps them: keys as in the document, decimals as text, days as ISO text, absent as absent."""
    return terms.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def refuse(code: str, message: str, **params: Any) -> PydanticCustomError:
    """The refusal of a value, to be raised where it is read."""
    return PydanticCustomError(code, message, params)


class Row:
    """A member of a list as far as it can be read: an attribute is None when it is absent or at fault."""

    def __init__(self, model: type[Terms], value: Any) -> None:
        self._given = value if isinstance(value, dict) else {}
        self._read = {
            name: _readable(info, self._given.get(info.alias or name)) for name, info in model.model_fields.items()
        }

    def given(self, key: str) -> bool:
        """Whether the member has that key with a value, readable or not."""
        return self._given.get(key) is not None

    def __getattr__(self, name: str) -> Any:
        return self._read[name]


Complaint = tuple[Location, PydanticCustomError]


def rows(model: type[Terms], check: Callable[[list[Row]], Iterable[Complaint]]) -> WrapValidator:
    """Reads a list of `model`, which must not be empty, and checks the list as a whole.

    The check sees every member as far as it is readable, so that one unreadable rate does not hide that the
    brackets overlap. Its complaints name a place within the list.
    """

    def validate(value: Any, _members: object) -> tuple[Terms, ...]:
        if not isinstance(value, list):
            raise refuse("not_a_list", _("must be a list"))
        if not value:
            raise refuse("empty_list", _("must have at least one entry"))
        members: list[Terms] = []
        errors: list[InitErrorDetails] = []
        for number, entry in enumerate(value):
            try:
                members.append(model.model_validate(entry))
            except ValidationError as error:
                errors += [_placed(detail, number) for detail in error.errors(include_url=False)]
        for location, complaint in check([Row(model, entry) for entry in value]):
            errors.append(InitErrorDetails(type=complaint, loc=location, input=None))
        if errors:
            raise ValidationError.from_exception_data(model.__name__, errors)
        return tuple(members)

    return WrapValidator(validate)


def _placed(detail: ErrorDetails, number: int) -> InitErrorDetails:
    code, message, params = _said(detail)
    return InitErrorDetails(type=refuse(code, message, **params), loc=(number, *detail["loc"]), input=None)


def _readable(info: FieldInfo, value: Any) -> Any:
    if value is None:
        return None
    adapter = _ADAPTERS.get(id(info))
    if adapter is None:
        adapter = _ADAPTERS[id(info)] = TypeAdapter(info.rebuild_annotation(), config=ConfigDict(strict=True))
    try:
        return adapter.validate_python(value)
    except ValidationError:
        return None


_ADAPTERS: dict[int, TypeAdapter[Any]] = {}


def _said(detail: ErrorDetails) -> tuple[str, str, dict[str, Any]]:
    kind = detail["type"]
    if kind in _SENTENCES:
        return *_SENTENCES[kind], {}
    if kind in _BUILT_IN:
        return *_OTHERWISE, {}
    return kind, detail["msg"], dict(detail.get("ctx", {}))


def _fault(detail: ErrorDetails) -> Fault:
    code, message, params = _said(detail)
    return Fault(detail["loc"], code, message, params)
