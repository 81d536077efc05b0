"""Addresses of what belongs to every page: preferences and, in development, the style guide."""

from __future__ import annotations

from django.conf import settings
from django.urls import path

from config.web.corrections import quarantine_bulk, quarantine_line
from config.web.home import home
from config.web.languages import set_language
from config.web.sheets import quarantine_refused, receipt_refused, report_sheet
from config.web.stock_count import count_save, count_submit, stock_count
from config.web.styleguide import styleguide
from config.web.table_import import bands_import, observations_import, targets_import
from config.web.themes import set_theme
from config.web.trade_uploads import deliver
from config.web.uploads import upload, upload_course, upload_hand_in, upload_refused

urlpatterns = [
    path("", home, name="home"),
    path("preferences/language/", set_language, name="set-language"),
    path("preferences/theme/", set_theme, name="set-theme"),
    path("bands/import/", bands_import, name="bands-import"),
    path("observations/import/", observations_import, name="observations-import"),
    path("sales-targets/import/", targets_import, name="targets-import"),
    path("upload/", upload, name="upload"),
    path("upload/sheets/<str:feed>.<str:ending>", report_sheet, name="report-sheet"),
    path("trade-messages/hand-in/", deliver, name="trade-deliver"),
    path("uploads/<uuid:number>/", upload_course, name="upload-course"),
    path("uploads/<uuid:number>/hand-in/", upload_hand_in, name="upload-hand-in"),
    path("uploads/<uuid:number>/refused.xlsx", upload_refused, name="upload-refused"),
    path("receipts/<uuid:receipt>/refused.xlsx", receipt_refused, name="receipt-refused"),
    path("stock-count/", stock_count, name="stock-count"),
    path("stock-count/save/", count_save, name="stock-count-save"),
    path("stock-count/submit/", count_submit, name="stock-count-submit"),
    path("quarantine/bulk/", quarantine_bulk, name="quarantine-bulk"),
    path("quarantine/refused/<str:feed>.xlsx", quarantine_refused, name="quarantine-refused"),
    path("quarantine/<int:pk>/", quarantine_line, name="quarantine-line"),
]
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", styleguide, name="styleguide"))
