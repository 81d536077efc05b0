"""The parts of a case file in words, in the active language; the template only places them.

A block is one of: ``facts`` (pairs), ``words`` (what somebody wrote), ``plain`` (a sentence), ``piece`` (a heading
within a part) and ``table``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from settlement.case_words.consequences import decided_figures, followed_amount, followed_title, followed_where
from settlement.case_words.evidence import evidence_figures, evidence_sentence, evidence_title, seen_lines
from settlement.case_words.history import Told, due_words, told
from settlement.case_words.timeline import timeline
from settlement.choices import AppealOutcome
from settlement.documents.case_file import Dossier
from settlement.documents.paper import deadline_words, instant_words
from settlement.models import CaseEntry, CaseEvidence
from settlement.proof_words.reading import read_proof
from settlement.proof_words.rows import money
from settlement.rules.case_life import CaseAct, CaseStep

#: So many lines of one piece of evidence are printed; the record holds all.
LINES_PRINTED = 60
Block = dict[str, Any]


def sections_of(dossier: Dossier) -> list[dict[str, Any]]:
    """Every part that has something to say, in the order of the path."""
    parts = (
        (_("What it is about"), _about(dossier)),
        (_("Evidence"), _evidence(dossier)),
        (_("Hearing and reply"), _hearing(dossier)),
        (_("Decision in the case"), _decision(dossier)),
        (_("What followed"), _followed(dossier)),
        (_("Appeal"), _appeal(dossier)),
        (
            _("Internal notes"),
            [_words(note.text, str(note.made_by), instant_words(note.made_at)) for note in dossier.notes],
        ),
        (_("Timeline"), _timeline(dossier)),
        (_("Files"), _files(dossier)),
    )
    return [{"title": title, "blocks": blocks} for title, blocks in parts if blocks]


def _about(dossier: Dossier) -> list[Block]:
    case = dossier.case
    blocks = (
        []
        if dossier.for_dealer
        else [_words(str(case.opened_because), str(case.brought_by), instant_words(case.opened_at))]
    )
    if case.charge:
        by = _("Charge put to the dealer") if not dossier.for_dealer else _("What you are said to have done")
        blocks.append(_words(case.charge, by, instant_words(case.heard_at)))
    if case.alleged_loss is not None:
        blocks.append(_facts([(_("Alleged loss"), f"¥{money(str(case.alleged_loss))}")]))
    return blocks


def _evidence(dossier: Dossier) -> list[Block]:
    blocks: list[Block] = []
    for number, piece in enumerate(dossier.evidence, start=1):
        added = instant_words(piece.added_at)
        title = f"{number}  {evidence_title(piece)}"
        blocks.append({"of": "piece", "title": title, "note": f"{piece.reference} · {added}"})
        sentence = evidence_sentence(piece, for_dealer=dossier.for_dealer)
        if sentence:
            blocks.append(_plain(sentence))
        figures = evidence_figures(piece, for_dealer=dossier.for_dealer)
        if not dossier.for_dealer:
            figures.append((_("Reason"), f"{piece.added_because} ({piece.brought_by})"))
        blocks.append(_facts([*figures, (_("Fingerprint (SHA-256)"), piece.digest)]))
        blocks += _lines(piece, number)
    return blocks


def _lines(piece: CaseEvidence, number: int) -> list[Block]:
    lines = seen_lines(piece.snapshot.get("exact_lines", ()), dealer=piece.case.dealer.code)
    if not lines:
        return []
    rows = [
        [each.sold_at, each.line, each.sku, each.quantity, each.price, each.edge, each.shortfall]
        for each in lines[:LINES_PRINTED]
    ]
    left_out = len(lines) - len(rows)
    note = ""
    if left_out:
        said = ngettext("%(count)s further line", "%(count)s further lines", left_out) % {"count": f"{left_out:,}"}
        note = _("%(lines)s: in the record of the case file, evidence no. %(number)s.") % {
            "lines": said,
            "number": number,
        }
    columns = [
        _column(_("Sold at"), "27mm"),
        _column(_("Document and line"), "1fr"),
        _column("SKU", "24mm"),
        _column(_("Quantity"), "14mm", right=True),
        _column(_("Unit price"), "20mm", right=True),
        _column(_("Band edge"), "20mm", right=True),
        _column(_("Short of or beyond the edge"), "22mm", right=True),
    ]
    return [_table(columns, rows, note)]


def _hearing(dossier: Dossier) -> list[Block]:
    case = dossier.case
    if case.heard_at is None:
        return []
    asked = [entry for entry in dossier.entries if entry.act in (CaseAct.HEAR_DEALER, CaseStep.EXTEND, CaseStep.JOIN)]
    due = next((entry.details["due_at"] for entry in reversed(asked) if entry.details.get("due_at")), "")
    rows = [(_("Asked to reply"), instant_words(case.heard_at))]
    if due:
        rows.append((_("Reply until"), due_words(due)))
    blocks: list[Block] = [_facts(rows)]
    replies = [entry for entry in dossier.entries if entry.act == CaseStep.REPLY]
    blocks += [_said(entry, dossier) for entry in replies]
    if not replies:
        blocks.append(_plain(_("No reply so far.") if case.ready_at is None else _("The dealer did not reply.")))
    return blocks


def _decision(dossier: Dossier) -> list[Block]:
    made = dossier.decision
    if made is None:
        return []
    by = _("Headquarters") if dossier.for_dealer else str(made.decided_by)
    blocks: list[Block] = [_facts(decided_figures(made)), _words(made.reasons, by, instant_words(made.decided_at))]
    if made.override_reason:
        blocks.append(_words(made.override_reason, _("Why less than in full"), ""))
    if made.disproportionate and not dossier.for_dealer:
        blocks.append(
            _plain(
                _("Penalty and forfeited rebates are out of proportion to the proven loss. The judge's words on it:")
            )
        )
        blocks.append(_words(made.acknowledgement, by, ""))
    left_out = len(made.findings.get("left_out", ()))
    if left_out:
        said = ngettext(
            "%(count)s fact in the evidence no longer stood and was left out.",
            "%(count)s facts in the evidence no longer stood and were left out.",
            left_out,
        )
        blocks.append(_plain(said % {"count": left_out}))
    if made.reckoning:
        reading = read_proof(made.reckoning)
        columns = [
            _column(_("How the penalty was reckoned"), "62mm"),
            _column("", "1fr"),
            _column("", "32mm", right=True),
        ]
        rows = [[row.label, row.formula, row.value] for row in reading.rows]
        blocks.append(
            _table(columns, rows, _("Rule: %(source)s") % {"source": reading.source} if reading.source else "")
        )
    return blocks


def _followed(dossier: Dossier) -> list[Block]:
    if not dossier.followed:
        return []
    columns = [
        _column(_("Consequence"), "1fr"),
        _column(_("Applied"), "27mm"),
        _column(_("Record"), "26mm"),
        _column(_("Found in"), "46mm"),
        _column(_("Amount"), "26mm", right=True),
    ]
    rows = [
        [
            followed_title(each),
            instant_words(each.row.applied_at),
            each.row.reference,
            followed_where(each),
            followed_amount(each),
        ]
        for each in dossier.followed
    ]
    return [_table(columns, rows, _("All amounts in CNY; positive in the dealer's favour."))]


def _appeal(dossier: Dossier) -> list[Block]:
    filed = dossier.appeal
    if filed is None:
        return []
    blocks = [_words(filed.grounds, _called(dossier, filed.filed_by), instant_words(filed.filed_at))]
    if filed.outcome:
        blocks.append(_facts([(_("Decision on the appeal"), str(AppealOutcome(filed.outcome).label))]))
        by = _("Headquarters") if dossier.for_dealer else str(filed.decided_by)
        blocks.append(_words(filed.reasons, by, instant_words(filed.decided_at)))
    return blocks


def _steps(dossier: Dossier) -> list[Told]:
    return timeline(
        dossier.case,
        evidence=dossier.evidence,
        entries=dossier.entries,
        deliveries=dossier.deliveries,
        followed=dossier.followed,
        for_dealer=dossier.for_dealer,
    )


def _timeline(dossier: Dossier) -> list[Block]:
    columns = [_column(_("When"), "28mm"), _column(_("What"), "1fr"), _column(_("Who"), "34mm")]
    rows = [
        [instant_words(step.at), " · ".join((step.title, *step.notes)), _called(dossier, step.by)]
        for step in _steps(dossier)
    ]
    return [_table(columns, rows)] if rows else []


def _files(dossier: Dossier) -> list[Block]:
    if not dossier.files:
        return []
    places = {"evidence": _("Evidence"), "reply": _("Handed in by the dealer"), "note": _("Internal note")}
    columns = [
        _column(_("File"), "1fr"),
        _column(_("From"), "32mm"),
        _column(_("Size in bytes"), "22mm", right=True),
        _column("SHA-256", "58mm"),
    ]
    rows = [[each.file.name, places[each.place], f"{each.file.size:,}", each.file.sha256] for each in dossier.files]
    return [_table(columns, rows)]


def cover_facts(dossier: Dossier) -> list[list[str]]:
    """What stands beside the number."""
    case = dossier.case
    rows = [
        (_("State"), str(case.get_state_display())),
        (_("Opened on"), instant_words(case.opened_at)),
        (_("Dealer asked on"), instant_words(case.heard_at)),
        (_("Decided on"), instant_words(case.decided_at)),
        (_("Next deadline"), deadline_words(case.due_at)),
        (_("As of"), instant_words(dossier.as_of)),
    ]
    return [[label, value] for label, value in rows]


def _said(entry: CaseEntry, dossier: Dossier) -> Block:
    step = told(entry, for_dealer=dossier.for_dealer)
    return _words(entry.text, " · ".join((_called(dossier, step.by), *step.notes)), instant_words(entry.made_at))


def _called(dossier: Dossier, kept: str) -> str:
    return dossier.called.get(kept, kept)


def _words(text: str, by: str, at: str) -> Block:
    return {"of": "words", "text": text, "by": " · ".join(part for part in (by, at) if part)}


def _plain(text: str) -> Block:
    return {"of": "plain", "text": text}


def _facts(rows: Iterable[tuple[str, str]]) -> Block:
    return {"of": "facts", "rows": [list(row) for row in rows]}


def _column(label: str, width: str, *, right: bool = False) -> dict[str, Any]:
    return {"label": label, "width": width, "right": right}


def _table(columns: Sequence[dict[str, Any]], rows: Sequence[Sequence[str]], note: str = "") -> Block:
    return {"of": "table", "columns": list(columns), "rows": [list(row) for row in rows], "note": note}
