"""The servers every test runs against: a real PostgreSQL and a real broker of the run's own.

With DATABASE_URL and REDIS_URL set those servers are used instead. The settings must not be read before this has
happened, which is why DJANGO_SETTINGS_MODULE is set here and not in pyproject.toml.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import django
import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from hypothesis import HealthCheck
from hypothesis import settings as examples

from config.celery import app as celery_app
from config.embedded import ensure_services, release_services
from tests.sharing import SharedByFile

# How fast a machine is, or what else runs on it, is nothing a test may fail of.
examples.register_profile("halfmoon", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("halfmoon")

#: A worker of pytest-xdist finds servers and home in the environment its controller has prepared.
_WORKER = os.environ.get("PYTEST_XDIST_WORKER")
_HOME_VARIABLE = "HALFMOON_TEST_HOME"
#: Said when the broker belongs to the run alone, so that its databases may be dealt out.
_OWN_BROKER_VARIABLE = "HALFMOON_TEST_OWN_BROKER"


def _supply_servers() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    if _WORKER is None:
        home = Path(tempfile.mkdtemp(prefix="halfmoon-tests-"))
        home.chmod(0o711)  # run as root, the servers belong to another account that has to pass
        os.environ[_HOME_VARIABLE] = str(home)
        os.environ[_OWN_BROKER_VARIABLE] = "" if os.environ.get("REDIS_URL") else "yes"
        ensure_services(home, throwaway=True)
    elif os.environ.get(_OWN_BROKER_VARIABLE):
        # One broker database for each worker, so that they do not see each other's messages and cache.
        os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'].rpartition('/')[0]}/{int(_WORKER[2:]) % 15 + 1}"


_supply_servers()
# Set up now and not by pytest-django later: folders named on the command line bring their own conftest with models.
django.setup()
if _WORKER is not None and os.environ["REDIS_URL"] != settings.REDIS_URL:
    # The worker inherited DJANGO_SETTINGS_MODULE, so pytest-django has read the settings before this file.
    settings.REDIS_URL = settings.CELERY_BROKER_URL = os.environ["REDIS_URL"]
    settings.CACHES["default"]["LOCATION"] = os.environ["REDIS_URL"]
    celery_app.conf.broker_url = os.environ["REDIS_URL"]
# All visitors of a test run come from one address; how often one address may sign in is not what they test.
settings.ACCOUNT_RATE_LIMITS = False
# What a password costs to guess is not tested either: the same procedure with few rounds, known to every process.
PBKDF2PasswordHasher.iterations = 10
settings.PASSWORD_HASHERS = settings.PASSWORD_HASHERS[::-1]
# Otherwise every visitor would list all style sheets and scripts anew; they are looked for when asked for.
settings.WHITENOISE_AUTOREFRESH = True


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> SharedByFile | None:
    return SharedByFile(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_unconfigure(config: pytest.Config) -> None:
    if _WORKER is None:
        release_services()
        shutil.rmtree(os.environ.pop(_HOME_VARIABLE), ignore_errors=True)
