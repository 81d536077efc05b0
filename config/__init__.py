"""Wiring: settings, urls, the API root, the task application and its schedule, demo data. No rules."""
from config.celery import app as celery_app

__all__ = ["celery_app"]
