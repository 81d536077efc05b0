"""Pages of the settlement app."""

from __future__ import annotations

from django.urls import path

from settlement.web import backtests, cases, disputes, ledger, lines, reports, runs, statement_files, statements

urlpatterns = [
    path("settlement-runs/", runs.runs, name="settlement-runs"),
    path("settlement-runs/calculate/", runs.calculate, name="run-calculate-next"),
    path("settlement-runs/<str:period>/", runs.run_detail, name="run-detail"),
    path("settlement-runs/<str:period>/calculate/", runs.calculate, name="run-calculate"),
    path("settlement-runs/<str:period>/put-up/", runs.put_up, name="run-put-up"),
    path("settlement-runs/<str:period>/approve/", runs.approve, name="run-approve"),
    path("finance-report/", reports.finance_report, name="finance-report"),
    path("finance-report/export.<str:written>", reports.export, name="finance-report-export"),
    path("statements/", statements.statements, name="statements"),
    path("statements/export.<str:written>", statements.export, name="statements-export"),
    path("statements/<str:period>/", statements.of_period, name="statements-of-period"),
    path("statements/<str:period>/lines.<str:written>", statements.export_lines, name="statement-lines-export"),
    path("statements/<str:period>/<str:dealer>/", statements.statement_detail, name="statement-detail"),
    path("statements/<str:period>/<str:dealer>/confirm/", statements.confirm, name="statement-confirm"),
    path(
        "statements/<str:period>/<str:dealer>/statement.<str:written>",
        statement_files.statement_file,
        name="statement-file",
    ),
    path(
        "statements/<str:period>/<str:dealer>/lines/<int:line_no>/",
        lines.statement_line,
        name="statement-line",
    ),
    path("backtests/", backtests.backtests, name="backtests"),
    path("backtests/ask/", backtests.ask, name="backtest-ask"),
    path("backtests/<int:pk>/", backtests.backtest, name="backtest"),
    path("backtests/<int:pk>/rows.<str:written>", backtests.export, name="backtest-export"),
    path("statements/<str:period>/<str:dealer>/dispute/", disputes.contest, name="statement-dispute"),
    path("disputes/", disputes.disputes, name="disputes"),
    path("disputes/<str:number>/", disputes.dispute, name="dispute"),
    path("disputes/<str:number>/answer/", disputes.answer, name="dispute-answer"),
    path("disputes/<str:number>/files/", disputes.attach_files, name="dispute-attach"),
    path("disputes/<str:number>/files/<int:pk>/", disputes.dispute_file, name="dispute-file"),
    path("disputes/<str:number>/withdraw/", disputes.withdraw, name="dispute-withdraw"),
    path("disputes/<str:number>/prepare/", disputes.prepare, name="dispute-prepare"),
    path("disputes/<str:number>/send-back/", disputes.return_preparation, name="dispute-send-back"),
    path("disputes/<str:number>/decide/", disputes.decide, name="dispute-decide"),
    path("cases/", cases.cases, name="cases"),
    path("cases/hand-over/violation/<int:pk>/", cases.hand_over_violation, name="violation-hand-over"),
    path("cases/hand-over/observation/<int:pk>/", cases.hand_over_observation, name="observation-hand-over"),
    path("cases/<str:number>/", cases.case, name="case"),
    path("cases/<str:number>/evidence/<int:pk>/", cases.evidence, name="case-evidence"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/dealers/", ledger.dealer_balances, name="ledger-dealers"),
    path("ledger/postings/", ledger.transactions, name="ledger-transactions"),
    path("ledger/verify/", ledger.verify, name="ledger-verify"),
]
