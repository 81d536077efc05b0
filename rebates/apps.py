from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RebatesApp(AppConfig):
    name = "rebates"
    verbose_name = _("Rebates")
