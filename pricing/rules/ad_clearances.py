"""Which findings of a new scan legal has already cleared: the same wording in a sentence that did not change."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from pricing.rules.ad_terms import Hit

_END_OF_SENTENCE = re.compile(r"[。！？!?；;\n]|\.(?=\s|$)")

#: A sentence, where in it the wording stands, and what was found: equal keys are the same finding.
Key = tuple[str, int, str, str, str]


def carried_clearances(
    earlier_copy: str, earlier_findings: Sequence[Mapping[str, Any]], copy: str, hits: Sequence[Hit]
) -> tuple[dict[str, Any] | None, ...]:
    """For each hit the clearance it had in the submission before, or None where legal looks anew.

    A clearance is about a wording in its sentence: it stands as long as that sentence is the same to the letter,
    wherever it moved to. Of a sentence that is there more often than before, only as many are carried.
    """
    cleared: dict[Key, list[dict[str, Any]]] = defaultdict(list)
    for finding in earlier_findings:
        if finding["cleared"] is not None and earlier_copy[finding["start"] : finding["end"]] == finding["text"]:
            cleared[_key(earlier_copy, finding)].append(dict(finding["cleared"]))
    found: list[dict[str, Any] | None] = []
    for hit in hits:
        known = cleared[_key(copy, _as_mapping(hit))]
        found.append(known.pop(0) if known else None)
    return tuple(found)


def sentence_around(copy: str, start: int, end: int) -> tuple[str, int]:
    """The sentence that holds `[start, end)` without blanks at its ends, and where it begins in the copy."""
    first = max((match.end() for match in _END_OF_SENTENCE.finditer(copy, 0, start)), default=0)
    following = _END_OF_SENTENCE.search(copy, end)
    text = copy[first : following.start() if following else len(copy)]
    return text.strip(), first + len(text) - len(text.lstrip())


def _key(copy: str, finding: Mapping[str, Any]) -> Key:
    sentence, begins = sentence_around(copy, finding["start"], finding["end"])
    return sentence, finding["start"] - begins, finding["term"], finding["category"], finding["reference"]


def _as_mapping(hit: Hit) -> dict[str, Any]:
    return {
        "start": hit.start,
        "end": hit.end,
        "term": hit.term,
        "category": hit.category,
        "reference": hit.reference,
    }
