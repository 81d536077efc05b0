from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Tasks declared with shared_task belong to this application in every Django process. It is imported here and not
# in the package itself, because manage.py needs config.embedded before settings, and quickly.
from config.celery import app as celery_app

__all__ = ["ConfigApp", "celery_app"]


class ConfigApp(AppConfig):
    name = "config"
    verbose_name = _("Halfmoon")
