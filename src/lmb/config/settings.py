"""Django's settings. Importable without a database; nothing here is secret."""

from __future__ import annotations

import os

from csp.constants import NONE, SELF

from lmb.config.assets import STATIC
from lmb.config.connections import databases
from lmb.config.environment import read
from lmb.config.logs import logging_settings
from lmb.config.paths import CLONE
from lmb.config.secret import secret_key

SAID = read(os.environ)
SECRET_KEY = secret_key()
DEBUG = SAID.debug
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *SAID.hosts]
LOGGING = logging_settings(SAID.log_level)
METRICS_TOKEN = SAID.metrics_token
CHECKPOINT_AGE_MAX_SECONDS = SAID.checkpoint_age_max_seconds

# The rooms with tables, and the pages; fund and wallets keep none of their own.
INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "lmb.rules",
    "lmb.ledger",
    "lmb.people",
    "lmb.proofs",
    "lmb.facts",
    "lmb.bonds",
    "lmb.programs",
    "lmb.training",
    "lmb.outcomes",
    "lmb.settlement",
    "lmb.web",
    "lmb.api",
]

MIDDLEWARE = [
    "lmb.config.requests.told_requests",
    "django.middleware.security.SecurityMiddleware",
    "lmb.api.straight.StraightToOperations",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
]
ROOT_URLCONF = "lmb.config.urls"
WSGI_APPLICATION = "lmb.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": sorted((CLONE / "src" / "lmb" / "web").glob("*/templates")),
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "lmb.web.context.visitor",
            ],
        },
    },
]

DATABASES = databases()
DATABASE_ROUTERS = ["lmb.config.connections.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "America/New_York"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
# Each workspace keeps its own words; what the public pages say is in the first.
LOCALE_PATHS = sorted((CLONE / "src" / "lmb" / "web").rglob("locale"))

# Served straight from where set-up and the rooms put them: no collecting, no copies.
STATIC_URL = "/static/"
STATICFILES_DIRS = [STATIC] if STATIC.is_dir() else []
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False

# The pages run no script and load nothing from elsewhere; the browser enforces it.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [NONE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Where others than this machine come, everything goes by TLS and cookies go no other way.
SECURE_SSL_REDIRECT = SAID.public
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SAID.behind_proxy else None
SECURE_HSTS_SECONDS = SAID.hsts_seconds if SAID.public else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SAID.public
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SAID.public
# Kept in the database under a hash of the browser's secret; how long is a matter of the role.
SESSION_ENGINE = "lmb.web.session_store"
SESSION_COOKIE_NAME = "lmb_session"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
# Not strict: an identity provider sends people back with a link.
SESSION_COOKIE_SAMESITE = "Lax"
# One sign-in for each role without an identity: for the demonstration alone, on this machine alone.
PERSONAS = DEBUG or SAID.personas
# What `config` composes and pages ask for by name.
VAULT_KEYS = "lmb.config.vault_keys.of_this_clone"
IDENTITY_PROVIDERS = "lmb.config.identity_providers.of_this_clone"
# Set by pages that take a form, and gone with the browser's session.
CSRF_COOKIE_AGE = None
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
