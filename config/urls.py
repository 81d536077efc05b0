"""Every address of the product: pages by app, the API, health."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from config.health import healthz, readyz

# The admin site's own form would let a person past the second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("api/", include("config.api.urls")),
    path("policies/", include("config.web.policy_urls")),
    path("", include("dealers.web.urls")),
    path("", include("pricing.web.urls")),
    path("", include("aftersales.web.urls")),
    path("", include("rebates.web.urls")),
    path("", include("settlement.web.urls")),
    path("", include("config.web.urls")),
]
