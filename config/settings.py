"""Settings of a Halfmoon process, read from the environment once.

Nothing here opens a connection. ``DATABASE_URL`` and ``REDIS_URL`` name the servers; when they are
absent ``manage.py`` has already started the embedded ones and put their addresses in the environment.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.utils.translation import gettext_lazy as _

from config.secrets import load_or_create_secret

BASE_DIR = Path(__file__).resolve().parent.parent
HALFMOON_HOME = Path(os.environ.get("HALFMOON_HOME", BASE_DIR / ".halfmoon"))

DEBUG = os.environ.get("HALFMOON_DEBUG", "0") == "1"
SECRET_KEY = os.environ.get("SECRET_KEY") or load_or_create_secret(HALFMOON_HOME, "secret_key")
#: Seals batches of audit records; kept apart from SECRET_KEY so that rotating one does not break the other.
AUDIT_SEAL_KEY = os.environ.get("AUDIT_SEAL_KEY") or load_or_create_secret(HALFMOON_HOME, "audit_seal_key")
#: Hashes end-customer references, so that the same customer is recognised and never named.
CUSTOMER_HASH_KEY = os.environ.get("CUSTOMER_HASH_KEY") or load_or_create_secret(HALFMOON_HOME, "customer_hash_key")
#: The secrets of webhook endpoints are derived from it; whoever replaces it has every secret rotated.
WEBHOOK_KEY = os.environ.get("WEBHOOK_KEY") or load_or_create_secret(HALFMOON_HOME, "webhook_key")
#: Hosts and networks on HQ's own premises that its systems' endpoints may name although they are private, and
#: without TLS, joined by commas: ``10.20.0.0/16,erp.corp.internal``. Never open to the endpoints of dealers.
WEBHOOK_PRIVATE_RECEIVERS = [
    entry.strip() for entry in os.environ.get("HALFMOON_WEBHOOK_PRIVATE", "").split(",") if entry.strip()
]

#: The one public address; hosts, CSRF origins and cookie security follow from it.
PORT = int(os.environ.get("PORT", "8000"))
APP_URL = os.environ.get("APP_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
_app_url = urlsplit(APP_URL)
HTTPS = _app_url.scheme == "https"

ALLOWED_HOSTS = [_app_url.hostname or "localhost", "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [APP_URL]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000

INSTALLED_APPS = [
    "config",
    "settlement",
    "rebates",
    "aftersales",
    "pricing",
    "dealers",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "django_htmx",
    "django_celery_beat",
    "django_prometheus",
    "pgtrigger",
    "rest_framework",
    "rest_framework_api_key",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "django_filters",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.SoundRequestMiddleware",
    "config.middleware.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.UserLanguageMiddleware",
    "dealers.web.scope.RowScopeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.navigation.navigation",
            ],
            "builtins": [
                "config.templatetags.halfmoon",
                "config.templatetags.components",
                "config.templatetags.drawings",
            ],
        },
    },
]

# A web process starts with no row visible and opens the rows of the person it serves (see dealers.scope);
# workers and commands work for the whole company.
ROW_SCOPE = os.environ.get("HALFMOON_ROW_SCOPE", "*")

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **dj_database_url.parse(
            os.environ.get("DATABASE_URL", "postgres://127.0.0.1/halfmoon"),
            conn_max_age=600,
            conn_health_checks=True,
        ),
        "ENGINE": "django.db.backends.postgresql",
    }
}
DATABASES["default"].setdefault("OPTIONS", {})["options"] = f"-c halfmoon.dealer={ROW_SCOPE} -c jit=off"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PGTRIGGER_MIGRATIONS = True

AUTH_USER_MODEL = "dealers.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "config.accounts.ClosedSignupAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 1  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = None  # whitenoise serves what the finders find; nothing is collected
STATICFILES_DIRS = [BASE_DIR / "config" / "static"]
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = HALFMOON_HOME / "media"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS", "0") == "1"
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "Halfmoon <halfmoon@localhost>")

# Jobs: late acknowledgement and rejection of lost children, so that a killed worker loses nothing
# (redelivery is quick because unacknowledged messages are looked for every second).
CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 2_000_000  # KiB
CELERY_TASK_TIME_LIMIT = 3 * 3600
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 4 * 3600, "unacked_restore_interval": 1}
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_TIMEZONE = TIME_ZONE

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "dealers.api.authentication.ApiKeyAuthentication",
        "dealers.api.authentication.ScopedSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["dealers.api.bodies.StrictJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "dealers.api.pagination.NewestFirst",
    "DEFAULT_SCHEMA_CLASS": "dealers.api.schema.DocumentedSchema",
    "DEFAULT_THROTTLE_CLASSES": ["dealers.api.throttling.PrincipalThrottle"],
    "DEFAULT_THROTTLE_RATES": {"principal": os.environ.get("HALFMOON_API_RATE", "600/min")},
    "EXCEPTION_HANDLER": "dealers.api.problems.exception_handler",
    "PAGE_SIZE": 50,
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Halfmoon 半月",
    "DESCRIPTION": "Dealer channel-policy compliance: reports, verdicts, promotions, statements.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    # Every vocabulary of the API by name, so that a new one never renames another in the clients made from it.
    "ENUM_NAME_OVERRIDES": {
        "AdClaimEnum": "pricing.choices.AdClaim",
        "AdRuleEnum": "pricing.choices.AdRule",
        "AdjustmentKindEnum": "dealers.choices.AdjustmentKind",
        "BandLevelEnum": ["city", "province", "city_tier", "national"],
        "BandOutcomeEnum": ["decides", "less_specific", "not_in_force"],
        "AppealOutcomeEnum": "settlement.choices.AppealOutcome",
        "CaseEvidenceKindEnum": "settlement.choices.EvidenceKind",
        "CaseKindEnum": "settlement.choices.CaseKind",
        "CaseOutcomeEnum": "settlement.choices.CaseOutcome",
        "CaseStateEnum": "settlement.choices.CaseState",
        "ChannelEnum": ["retail", "b2b"],
        "CheckOutcomeEnum": ["ok", "warn", "fail"],
        "ConsequenceKindEnum": "settlement.choices.ConsequenceKind",
        "CityTierEnum": "dealers.choices.CityTier",
        "ClockStateEnum": ["on_time", "late", "overdue"],
        "DeadlineKindEnum": ["sync", "statement", "contract"],
        "DealerStateEnum": "dealers.choices.DealerState",
        "DisputeStateEnum": "settlement.choices.DisputeState",
        "EnforcementEnum": "pricing.choices.Enforcement",
        "FeedEnum": "dealers.choices.Feed",
        "GoalMeasureEnum": "pricing.choices.GoalMeasure",
        "IndustryEnum": "dealers.choices.Industry",
        "DocumentLanguageEnum": ["zh", "en"],
        "LineKindEnum": "settlement.choices.LineKind",
        "MessageStateEnum": "dealers.choices.MessageState",
        "BillKindEnum": "settlement.choices.BillKind",
        "PaymentMethodEnum": "settlement.choices.PaymentMethod",
        "BracketDistanceMethodEnum": "rebates.choices.Method",
        "PaymentStateEnum": "settlement.choices.PaymentState",
        "PlanStateEnum": "settlement.choices.PlanState",
        "PromoAdviceEnum": "pricing.choices.Recommendation",
        "ObservationStateEnum": "pricing.choices.ObservationState",
        "PromoAuthorityEnum": "pricing.choices.Authority",
        "PromoBearerEnum": "pricing.choices.Bearer",
        "PromoDecisionEnum": "pricing.choices.Decision",
        "PromoKindEnum": "pricing.choices.PromoKind",
        "PromoStateEnum": "pricing.choices.PromoState",
        "PromoStepKindEnum": "pricing.choices.StepKind",
        "QuarantineStateEnum": "dealers.choices.QuarantineState",
        "RequestStateEnum": "dealers.choices.RequestState",
        "RegionKindEnum": "dealers.choices.RegionKind",
        "CardLackingEnum": "rebates.rules.scorecard.measured.Lacking",
        "CardOutcomeEnum": "rebates.choices.ScorecardOutcome",
        "CardPartEnum": ["attainment", "price", "sync", "response", "satisfaction", "growth"],
        "ProposalStateEnum": "rebates.choices.ProposalState",
        "ScorePartEnum": ["scale", "performance", "kpi", "coverage"],
        "StatementRoleEnum": "settlement.choices.StatementRole",
        "StatementStateEnum": "settlement.choices.StatementState",
        "WebhookEventEnum": [
            "supply.changed",
            "statement.issued",
            "promo.decided",
            "dispute.changed",
            "support.decided",
            "referral.assigned",
            "case.changed",
            "payment.changed",
            "notice.left",
            "ticket.changed",
            "tier.changed",
        ],
        "WebhookStateEnum": "dealers.choices.WebhookState",
        "TicketStateEnum": "aftersales.choices.TicketState",
        "TicketSourceEnum": "aftersales.choices.TicketSource",
        "TicketTopicEnum": "aftersales.choices.TicketTopic",
        "TicketSideEnum": "aftersales.choices.Side",
        "SatisfactionReportStateEnum": "aftersales.choices.ReportState",
        "LeadStateEnum": "rebates.choices.LeadState",
        "LeadReferrerEnum": ["employee", "customer"],
        "SupportKindEnum": "rebates.choices.SupportKind",
        "SupportPaperEnum": "rebates.choices.SupportPaper",
        "SupportStateEnum": "rebates.choices.SupportState",
        "ViolationKindEnum": "pricing.choices.ViolationKind",
        "ViolationStateEnum": "pricing.choices.ViolationState",
        "StockCodeEnum": "pricing.choices.StockCode",
        "StockHintEnum": "pricing.choices.StockHint",
        "TierEnum": "dealers.choices.Tier",
        "TradeFormatEnum": ["x12", "edifact", "ubl"],
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
