"""The answer in the sender's own language: X12 997 and EDIFACT CONTRL, made of what became of each message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from dealers.foundation.clock import BUSINESS_ZONE

#: Faults of a message by the code of X12 (718) and of EDIFACT (0085).
_X12_MESSAGE_FAULTS = {
    "message_kind_unknown": "1",
    "cut_short": "2",
    "control_number_differs": "3",
    "segment_count_wrong": "4",
}
_X12_GROUP_FAULTS = {
    "cut_short": "3",
    "control_number_differs": "4",
    "message_count_wrong": "5",
    "control_number_repeated": "6",
}
_EDIFACT_FAULTS = {
    "message_kind_unknown": "14",
    "cut_short": "13",
    "control_number_differs": "28",
    "segment_count_wrong": "29",
    "message_count_wrong": "29",
    "group_count_wrong": "29",
    "control_number_repeated": "26",
    "interchange_repeated": "26",
    "test_interchange": "25",
}
_UNSPECIFIED = "18"


@dataclass(frozen=True, slots=True)
class AnsweredMessage:
    """A message as its header named it, and what became of it. ``with_errors`` when lines of it are in quarantine."""

    kind: str
    control_no: str
    version: str
    taken: bool
    with_errors: bool
    faults: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class AnsweredGroup:
    kind: str
    control_no: str
    version: str
    stated: bool
    faults: Sequence[str]
    messages: Sequence[AnsweredMessage]


@dataclass(frozen=True, slots=True)
class AnsweredInterchange:
    """One interchange; sender and receiver as it named them, so that the answer goes the other way."""

    control_no: str
    sender: tuple[str, str]
    receiver: tuple[str, str]
    faults: Sequence[str] = ()
    groups: Sequence[AnsweredGroup] = field(default_factory=tuple)


def write_997(interchanges: Sequence[AnsweredInterchange], *, number: int, at: datetime) -> str:
    """A functional acknowledgement: an interchange for each one received, with a 997 for each group of it."""
    return "".join(_x12_interchange(each, number + place, at) for place, each in enumerate(interchanges))


def write_contrl(interchanges: Sequence[AnsweredInterchange], *, number: int, at: datetime) -> str:
    """A syntax and service report (CONTRL 2:2) for each interchange received."""
    return "".join(_contrl(each, number + place, at) for place, each in enumerate(interchanges))


def _x12_interchange(answered: AnsweredInterchange, number: int, at: datetime) -> str:
    local = at.astimezone(BUSINESS_ZONE)
    control = f"{number % 1_000_000_000:09d}"
    sender, receiver = (_x12_party(*party) for party in (answered.receiver, answered.sender))
    groups = [group for group in answered.groups if group.stated]
    segments = [
        f"ISA*00*{'':10}*00*{'':10}*{sender}*{receiver}*{local:%y%m%d}*{local:%H%M}*U*00501*{control}*0*P*>",
        f"GS*FA*{_x12(answered.receiver[1]) or 'HALFMOON'}*{_x12(answered.sender[1])}*{local:%Y%m%d}*{local:%H%M}"
        f"*{int(control)}*X*005010",
    ]
    for place, group in enumerate(groups, 1):
        segments += _997(group, f"{place:04d}", answered.faults)
    segments += [f"GE*{len(groups)}*{int(control)}", f"IEA*1*{control}"]
    return "~\n".join(segments) + "~\n"


def _997(group: AnsweredGroup, number: str, outer: Sequence[str]) -> list[str]:
    segments = [f"ST*997*{number}", f"AK1*{_x12(group.kind)}*{_x12(group.control_no)}"]
    for message in group.messages:
        segments.append(f"AK2*{_x12(message.kind)}*{_x12(message.control_no)}")
        verdict = "R" if not message.taken else "E" if message.with_errors or message.faults else "A"
        codes = sorted({_X12_MESSAGE_FAULTS.get(fault, "5") for fault in message.faults})[:5]
        segments.append("*".join(("AK5", verdict, *codes)))
    taken = sum(message.taken for message in group.messages)
    clean = all(message.taken and not message.with_errors and not message.faults for message in group.messages)
    faults = sorted({_X12_GROUP_FAULTS[fault] for fault in group.faults if fault in _X12_GROUP_FAULTS})[:5]
    if taken == len(group.messages):
        verdict = "A" if clean and not group.faults and not outer else "E"
    else:
        verdict = "P" if taken else "R"
    count = len(group.messages)
    segments.append("*".join(("AK9", verdict, str(count), str(count), str(taken), *faults)))
    segments.append(f"SE*{len(segments) + 1}*{number}")
    return segments


def _contrl(answered: AnsweredInterchange, number: int, at: datetime) -> str:
    local = at.astimezone(BUSINESS_ZONE)
    messages = [message for group in answered.groups for message in group.messages]
    none_taken = not any(message.taken for message in messages)
    rejected = none_taken and bool(answered.faults)
    action = "4" if rejected else "8"
    parties = f"{_edifact_party(*answered.sender)}+{_edifact_party(*answered.receiver)}"
    head = f"UCI+{_una(answered.control_no)}+{parties}+{action}"
    segments = [
        "UNH+1+CONTRL:2:2:UN",
        head + (f"+{_EDIFACT_FAULTS.get(answered.faults[0], _UNSPECIFIED)}" if rejected else ""),
    ]
    for message in () if rejected else messages:
        version = message.version
        name = ":".join(filter(None, (_una(message.kind), _una(version[:1]), _una(version[1:]), "UN")))
        line = f"UCM+{_una(message.control_no)}+{name}+{'7' if message.taken else '4'}"
        fault = next(iter(message.faults), "")
        segments.append(line if message.taken else f"{line}+{_EDIFACT_FAULTS.get(fault, _UNSPECIFIED)}")
    segments.append(f"UNT+{len(segments) + 1}+1")
    reference = f"{number % 10**14}"
    opening = (
        f"UNB+UNOC:3+{_edifact_party(*answered.receiver)}+{_edifact_party(*answered.sender)}"
        f"+{local:%y%m%d}:{local:%H%M}+{reference}"
    )
    return "'\n".join([opening, *segments, f"UNZ+1+{reference}"]) + "'\n"


def _x12(text: str) -> str:
    """Text that cannot break out of an element."""
    return "".join(mark for mark in text if mark.isascii() and mark.isprintable() and mark not in "*~>").strip()


def _x12_party(qualifier: str, name: str) -> str:
    return f"{_x12(qualifier)[:2] or 'ZZ':2}*{_x12(name)[:15]:15}"


def _edifact_party(qualifier: str, name: str) -> str:
    return f"{_una(name)}:{_una(qualifier)}" if qualifier else _una(name)


def _una(text: str) -> str:
    """Text with the service characters released; what ISO 8859-1 lacks is left out."""
    plain = text.encode("latin-1", "ignore").decode("latin-1")
    return "".join(f"?{mark}" if mark in "+:'?" else mark for mark in plain if mark.isprintable())
