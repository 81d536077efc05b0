from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AftersalesApp(AppConfig):
    name = "aftersales"
    verbose_name = _("After-sales")
