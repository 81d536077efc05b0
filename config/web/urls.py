"""Addresses of what belongs to every page: preferences and, in development, the style guide."""

from __future__ import annotations

from django.conf import settings
from django.urls import path

from config.web.band_import import bands_import
from config.web.home import home
from config.web.languages import set_language
from config.web.reports import quarantine_line, report_sheet, upload
from config.web.styleguide import styleguide
from config.web.themes import set_theme

urlpatterns = [
    path("", home, name="home"),
    path("preferences/language/", set_language, name="set-language"),
    path("preferences/theme/", set_theme, name="set-theme"),
    path("bands/import/", bands_import, name="bands-import"),
    path("upload/", upload, name="upload"),
    path("upload/sheets/<str:feed>.<str:ending>", report_sheet, name="report-sheet"),
    path("quarantine/<int:pk>/", quarantine_line, name="quarantine-line"),
]
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", styleguide, name="styleguide"))
