"""The fingerprints of statements and runs. No database key enters them: the same facts give the same ones anywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec
from django.db import connection

from settlement.models import SettlementRun
from settlement.rules.statements import DraftStatement

encode_proof = msgspec.json.Encoder().encode


def statement_digest(statement: DraftStatement, proofs: Sequence[bytes] | None = None) -> str:
    """The fingerprint of everything a statement says; ``proofs`` are its lines' proofs when encoded already."""
    if proofs is None:
        proofs = [encode_proof(line.proof) for line in statement.lines]
    content = [
        statement.dealer,
        statement.tier,
        statement.purchases,
        statement.sales,
        statement.opening,
        statement.total,
        statement.closing,
        statement.payable,
        [
            (line.kind, line.program, line.for_period, line.base, line.rate, line.amount, msgspec.Raw(proof))
            for line, proof in zip(statement.lines, proofs, strict=True)
        ],
    ]
    if statement.role:
        content.append(statement.role)
    return hashlib.sha256(encode_proof(content)).hexdigest()


def run_digest(run: SettlementRun, draft: int) -> str:
    """The fingerprint of a draft: of the statements' own, in the order of the dealers' codes."""
    fingerprint = hashlib.sha256()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.code, s.digest FROM settlement_statement s JOIN dealers_dealer d ON d.id = s.dealer_id"
            ' WHERE s.run_id = %s AND s.draft = %s ORDER BY d.code COLLATE "C"',
            [run.pk, draft],
        )
        for code, digest in cursor.fetchall():
            fingerprint.update(f"{code}\t{digest}\n".encode())
    return fingerprint.hexdigest()
