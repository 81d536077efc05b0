"""Pages of the rebates app."""

from __future__ import annotations

from django.urls import path

from rebates.web import price_changes, price_proposals, remote_subsidy, support, support_acts, watch

urlpatterns = [
    path("brackets/", watch.watch_list, name="watch-list"),
    path("brackets/export.<str:ending>", watch.watch_export, name="watch-export"),
    path("price-changes/", price_changes.price_changes, name="price-changes"),
    path("price-changes/new/", price_proposals.price_propose, name="price-propose"),
    path("price-changes/import/", price_proposals.prices_propose, name="prices-propose"),
    path("price-changes/<int:pk>/", price_changes.price_change, name="price-change"),
    path("price-changes/<int:pk>/confirm/", price_changes.price_confirm, name="price-confirm"),
    path("price-changes/<int:pk>/estimate/", price_changes.price_estimate, name="price-estimate"),
    path("price-changes/<int:pk>/decline/", price_changes.price_decline, name="price-decline"),
    path("price-changes/<int:pk>/withdraw/", price_changes.price_withdraw, name="price-withdraw"),
    path("price-changes/<int:pk>/protection.<str:ending>", price_changes.protection_export, name="protection-export"),
    path("price-changes/<int:pk>/dealers/<str:code>/", price_changes.price_change_dealer, name="price-change-dealer"),
    path("market-support/", support.market_support, name="market-support"),
    path("market-support/quotas/", support.quotas, name="market-support-quotas"),
    path("market-support/quotas.<str:ending>", support.quotas_export, name="market-support-quotas-export"),
    path("market-support/new/", support_acts.new, name="market-support-new"),
    path("market-support/<str:number>/", support.activity, name="market-support-activity"),
    path("market-support/<str:number>/edit/", support_acts.edit, name="market-support-edit"),
    path("market-support/<str:number>/ask/", support_acts.ask, name="market-support-ask"),
    path("market-support/<str:number>/withdraw/", support_acts.withdraw, name="market-support-withdraw"),
    path("market-support/<str:number>/commit/", support_acts.commit, name="market-support-commit"),
    path("market-support/<str:number>/claim/", support_acts.claim, name="market-support-claim"),
    path("market-support/<str:number>/decide/", support_acts.decide, name="market-support-decide"),
    path("market-support/<str:number>/files/<str:paper>/add/", support_acts.attach, name="market-support-attach"),
    path("market-support/<str:number>/files/<int:key>/", support_acts.paper_file, name="market-support-file"),
    path("market-support/<str:number>/files/<int:key>/remove/", support_acts.detach, name="market-support-detach"),
    path("remote-subsidy/", remote_subsidy.remote_subsidy, name="remote-subsidy"),
    path("remote-subsidy/apply/", remote_subsidy.subsidy_apply, name="subsidy-apply"),
    path("remote-subsidy/<int:pk>/decide/", remote_subsidy.subsidy_decide, name="subsidy-decide"),
    path("remote-subsidy/<int:pk>/withdraw/", remote_subsidy.subsidy_withdraw, name="subsidy-withdraw"),
    path("remote-subsidy/<int:pk>/end/", remote_subsidy.subsidy_end, name="subsidy-end"),
]
