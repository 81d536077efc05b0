from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PricingApp(AppConfig):
    name = "pricing"
    verbose_name = _("Prices and promotions")
