"""How people get an account: an administrator creates it, nobody signs up."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignupAdapter(DefaultAccountAdapter):
    """Accounts are made by `create_user` or an administrator only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
