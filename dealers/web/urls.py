"""Pages of the dealers app."""

from __future__ import annotations

from django.urls import path

from dealers.web import (
    adjustments,
    audit,
    calendar,
    catalogue,
    dealers,
    declarations,
    deliveries,
    holds,
    jobs,
    keys,
    notices,
    people,
    quarantine,
    sync_board,
)

urlpatterns = [
    path("dealers/", dealers.dealers, name="dealers"),
    path("dealers/<str:code>/", dealers.dealer_detail, name="dealer-detail"),
    path("dealers/<str:code>/hold/", holds.hold_place, name="hold-place"),
    path("dealers/<str:code>/exempt/", holds.exemption_agree, name="exemption-agree"),
    path("exemptions/<int:pk>/revoke/", holds.exemption_revoke, name="exemption-revoke"),
    path("holds/", holds.holds, name="holds"),
    path("holds/<int:pk>/lift/", holds.hold_lift, name="hold-lift"),
    path("sync-board/", sync_board.sync_board, name="sync-board"),
    path("products/", catalogue.products, name="products"),
    path("products/<path:sku>/", catalogue.product, name="product"),
    path("regions/", catalogue.regions, name="regions"),
    path("zero-sales/", declarations.declare_no_sales, name="declare-zero-sales"),
    path("stock/adjustments/", adjustments.adjustments, name="adjustments"),
    path("deliveries/", deliveries.deliveries, name="deliveries"),
    path("receipts/", deliveries.deliveries, name="receipts"),
    path("receipts/<uuid:receipt>/", deliveries.receipt, name="receipt"),
    path("quarantine/", quarantine.quarantine, name="quarantine"),
    path("quarantine/<int:pk>/withdraw/", quarantine.quarantine_withdraw, name="quarantine-withdraw"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.notices_read, name="notices-read"),
    path("notices/<int:pk>/read/", notices.notice_read, name="notice-read"),
    path("users/", people.users, name="users"),
    path("users/new/", people.user_new, name="user-new"),
    path("users/<int:pk>/", people.user_edit, name="user-edit"),
    path("api-keys/", keys.api_keys, name="api-keys"),
    path("api-keys/new/", keys.key_new, name="key-new"),
    path("api-keys/<str:prefix>/rotate/", keys.key_rotate, name="key-rotate"),
    path("api-keys/<str:prefix>/revoke/", keys.key_revoke, name="key-revoke"),
    path("audit-trail/", audit.audit_trail, name="audit-trail"),
    path("audit-trail/verify/", audit.audit_verify, name="audit-verify"),
    path("audit-trail/<int:pk>/", audit.audit_record, name="audit-record"),
]
