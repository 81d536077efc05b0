"""A stored sentence is put into words in the language of whoever reads it."""

import pytest
from django.utils import translation

from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import Refused


@pytest.fixture(autouse=True)
def _catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "dealers.foundation.wording.gettext",
        lambda message: (
            {"is below %(floor)s": "低于 %(floor)s"}[message] if translation.get_language() == "zh-hans" else message
        ),
    )


def test_a_finding_reads_in_either_language() -> None:
    finding = Finding("too_low", Severity.ERROR, "is below %(floor)s", {"floor": "9.90"})
    with translation.override("zh-hans"):
        assert finding.render() == "低于 9.90"
        assert str(finding) == "is below 9.90"
    with translation.override("en"):
        assert finding.render() == "is below 9.90"


def test_a_refusal_reads_in_either_language() -> None:
    refusal = Refused("too_low", "is below %(floor)s", floor="9.90")
    with translation.override("zh-hans"):
        assert refusal.render() == "低于 9.90"
