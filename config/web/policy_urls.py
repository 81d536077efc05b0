"""Addresses of the policy pages."""

from __future__ import annotations

from django.urls import path

from config.web.policies import (
    policies,
    policy_compare,
    policy_detail,
    policy_download,
    policy_new,
    policy_publish,
)

urlpatterns = [
    path("", policies, name="policies"),
    path("new/", policy_new, name="policy-new"),
    path("compare/", policy_compare, name="policy-compare"),
    path("<int:pk>/", policy_detail, name="policy-detail"),
    path("<int:pk>/publish/", policy_publish, name="policy-publish"),
    path("<int:pk>/yaml/", policy_download, name="policy-download"),
]
