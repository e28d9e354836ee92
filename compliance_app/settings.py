"""One settings file; environments differ only through the environment (compliance_app/env.py)."""

from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF

from compliance_app import env, logs

BASE_DIR = Path(__file__).resolve().parent.parent

# --- Secrets -------------------------------------------------------------------------------------
# Empty is allowed for commands that need none (query, check_call, pii); web and worker refuse it.
SECRET_KEY = env.secret("SECRET_KEY")
# Vendor keys at rest, newest first; a list so that keys can be rotated apart from SECRET_KEY.
FIELD_KEYS = [key for key in env.secret("FIELD_KEYS").split(",") if key]
# Keyed hashes of subjects and accounts; changing it parts old calls from new ones.
HASH_KEY = env.secret("HASH_KEY")

# --- Process --------------------------------------------------------------------------------------
PROCESS = env.choice("VERBATIM_PROCESS", default="command", allowed=["command", "web", "worker"])

# --- Web -----------------------------------------------------------------------------------------
DEBUG = False
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
# With the page of components, for who changes the pages.
HAS_GALLERY = env.flag("GALLERY", default=False)
ROOT_URLCONF = "compliance_app.gallery" if HAS_GALLERY else "compliance_app.urls"
WSGI_APPLICATION = "compliance_app.wsgi.application"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "lucide",
    "django_q",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "compliance_app",
    "reviews",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    *(["whitenoise.middleware.WhiteNoiseMiddleware"] if PROCESS == "web" else []),
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "reviews.web.session.SessionMiddleware",
    "reviews.web.refusals.RefusalMiddleware",
    "reviews.web.tenancy.TenantMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "reviews.web.context.shell",
            ],
        },
    }
]
AUTH_USER_MODEL = "reviews.User"
LOGIN_URL = "/login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
    )
]
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_S = env.whole("SESSION_IDLE_S", default=3600, least=60, most=12 * 3600)
INVITATION_HOURS = env.whole("INVITATION_HOURS", default=72, least=1, most=720)
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
INSTANCE_NAME = env.text("INSTANCE_NAME", "Verbatim")

# --- Second factors and OpenID Connect ------------------------------------------------------------
# allauth keeps and checks the factors and speaks OpenID Connect; pages, throttle and mail are ours.
ACCOUNT_ADAPTER = "reviews.accounts.adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_RATE_LIMITS = False
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
MFA_ADAPTER = "reviews.accounts.adapters.FactorAdapter"
MFA_REAUTHENTICATION_REQUIRED = False  # our page asks for the password before it shows anything
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = INSTANCE_NAME
SOCIALACCOUNT_ADAPTER = "reviews.accounts.adapters.ProviderAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form may not be sent elsewhere, and a redirect of it counts
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [env.provider(name) for name in env.words("OIDC_PROVIDERS")],
    }
}
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static", ("pictures", BASE_DIR / "docs" / "pictures")]
# `manage.py web` collects them here at its start, compressed and named by their content.
STATIC_ROOT = env.text("STATIC_ROOT") or str(BASE_DIR / "var" / "static")
STORAGES = {
    "staticfiles": {
        "BACKEND": "compliance_app.static_files.Storage"
        if PROCESS == "web"
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- API -----------------------------------------------------------------------------------------
API_REQUESTS_A_MINUTE = env.whole("API_REQUESTS_A_MINUTE", default=3000, least=1, most=1_000_000)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["reviews.api.auth.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["reviews.api.auth.KeyHasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["reviews.api.throttling.KeyThrottle"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "reviews.api.auth.OnlyJson",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "reviews.api.schema.Described",
    "EXCEPTION_HANDLER": "reviews.api.errors.respond",
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Verbatim",
    "DESCRIPTION": "Calls, evaluations and findings of the tenant whose key is sent as "
    "`Authorization: Bearer vb_live_…`; a key may do what its scopes say. A refusal is an "
    "`application/problem+json` whose `code` stays the same. [The guide](/help/integrator) has "
    "examples to copy.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": r"/(?:api/)?v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "reviews.api.schema.described",
        "reviews.api.auth.described",
    ],
    "ENUM_NAME_OVERRIDES": {
        "VerdictEnum": "reviews.api.serializers.VERDICTS",
        "ResultEnum": "reviews.api.serializers.RESULTS",
        "SourceKindEnum": "reviews.api.sources.SOURCE_KINDS",
        "SourceStateEnum": "reviews.api.sources.SOURCE_STATES",
        "JobStateEnum": "reviews.api.sources.JOB_STATES",
        "JobKindEnum": "reviews.api.sources.JOB_KINDS",
        "FindingOutcomeEnum": "reviews.api.serializers.FINDING_OUTCOMES",
        "TranscriptStateEnum": "reviews.api.serializers.TRANSCRIPT_STATES",
        "CallKindEnum": "reviews.api.serializers.CALL_KINDS",
        "HookStateEnum": "reviews.api.hooks.STATES",
        "EventKindEnum": "reviews.api.hooks.KINDS",
        "DropFormEnum": "reviews.api.drops.FORMS",
        "DropTargetEnum": "reviews.api.drops.TARGETS",
        "ColumnTypeEnum": "reviews.api.exports.TYPES",
        "HookOriginEnum": "reviews.api.hooks.ORIGINS",
        "PutOutcomeEnum": "reviews.api.calls.OUTCOMES",
        "TenantStateEnum": "reviews.api.platform.TENANT_STATES",
        "RunStateEnum": "reviews.api.compat.answers.RUN_STATES",
        "RunTypeEnum": "reviews.api.compat.answers.RUN_TYPES",
        "BrickTypeEnum": "reviews.api.compat.answers.BRICK_TYPES",
        "CrmSystemEnum": "reviews.api.crm.SYSTEMS",
        "CrmRecordStateEnum": "reviews.api.crm.RECORD_STATES",
        "SubmissionStateEnum": "reviews.api.submissions.STATES",
    },
}

# --- Transport and cookies -----------------------------------------------------------------------
# On plain HTTP (the demo on 127.0.0.1) a browser would drop Secure cookies and follow no redirect.
HTTPS = env.flag("HTTPS", default=True)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- Database ------------------------------------------------------------------------------------
# `default` is the app role. `owner` exists only where migrations run, never in web or worker.
PREPARE = env.flag("DATABASE_PREPARE", default=True)


def _database(url: env.DatabaseUrl | None) -> dict[str, Any]:
    # The pool is for the web process alone: the worker forks, and a forked pool hangs.
    pool = {"min_size": 1, "max_size": 8, "timeout": 10} if PROCESS == "web" else None
    database: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 0 if pool else 600,
        "CONN_HEALTH_CHECKS": True,  # the pool's check too: a restarted database costs no request
        "OPTIONS": {
            "application_name": f"verbatim-{PROCESS}",
            "connect_timeout": 5,
            "server_side_binding": True,
            # Prepared statements take a third off the server's work. A pooler between that does not
            # keep them apart by connection (PgBouncer before 1.21) needs DATABASE_PREPARE=0.
            "prepare_threshold": 2 if PREPARE else None,
        },
    }
    if pool:
        database["OPTIONS"]["pool"] = pool
    if url:
        database |= {"NAME": url.name, "USER": url.user, "PASSWORD": url.password}
        database |= {"HOST": url.host, "PORT": url.port}
        database["OPTIONS"] |= url.options
    return database


_APP_URL = env.database_url("DATABASE_URL")
_OWNER_URL = env.database_url("DATABASE_OWNER_URL")
DATABASES = {"default": _database(_APP_URL)}
if _OWNER_URL:
    DATABASES["owner"] = _database(_OWNER_URL)

# --- Queue ---------------------------------------------------------------------------------------
# django-q2 carries (tenant, job) ids; attempts, leases and retries are the job ledger's.
# timeout < lease < retry, so that no job is taken twice while it may still be at work; timeout <
# stall, so that a job within its time is no stall. Lease and stall are free of each other.
JOB_TIMEOUT_S = env.whole("JOB_TIMEOUT_S", default=20, least=2, most=3600)
JOB_LEASE_S = env.whole("JOB_LEASE_S", default=JOB_TIMEOUT_S + 10, least=3, most=7200)
JOB_STALL_S = env.whole("JOB_STALL_S", default=JOB_TIMEOUT_S + 5, least=2, most=3600)
WORKERS = env.whole("WORKERS", default=2, least=1, most=64)
if JOB_STALL_S <= JOB_TIMEOUT_S:
    raise env.WrongValue(
        "JOB_STALL_S", str(JOB_STALL_S), f"more than JOB_TIMEOUT_S={JOB_TIMEOUT_S}"
    )
if JOB_LEASE_S <= JOB_TIMEOUT_S:
    raise env.WrongValue(
        "JOB_LEASE_S", str(JOB_LEASE_S), f"more than JOB_TIMEOUT_S={JOB_TIMEOUT_S}"
    )
Q_CLUSTER = {
    "name": "verbatim",
    "orm": "default",
    "workers": WORKERS,
    "queue_limit": WORKERS + 1,
    "bulk": 1,
    "timeout": JOB_TIMEOUT_S,
    "retry": 3 * JOB_LEASE_S + 30,
    "max_attempts": 1,
    "ack_failures": True,
    "save_limit": -1,
    "catch_up": False,
    "poll": 0.1,
    "guard_cycle": 0.25,
    "recycle": 500,
    "max_rss": 300_000,
    "scheduler": False,
}

# --- Outgoing HTTP -------------------------------------------------------------------------------
# Calls of a source that are asked for at once; the account's own pace holds for all of them.
FETCH_THREADS = env.whole("FETCH_THREADS", default=8, least=1, most=64)
# host:port entries that may be private addresses; each opens itself alone.
EGRESS_ALLOW_PRIVATE = frozenset(env.words("EGRESS_ALLOW_PRIVATE"))

# --- Files for warehouses ------------------------------------------------------------------------
# Under it each tenant has a directory of its own for its drops; empty: none may drop into a folder.
EXPORT_DIR = env.text("EXPORT_DIR")

# --- Outgoing mail -------------------------------------------------------------------------------
# For the daily digests alone; without MAIL_HOST nobody can choose them: docs/operator/mail.md
EMAIL_HOST = env.text("MAIL_HOST")
HAS_MAIL = bool(EMAIL_HOST)
EMAIL_PORT = env.whole("MAIL_PORT", default=587, least=1, most=65535)
EMAIL_HOST_USER = env.text("MAIL_USER")
EMAIL_HOST_PASSWORD = env.secret("MAIL_PASSWORD")
_MAIL_SECURITY = env.choice(
    "MAIL_SECURITY", default="starttls", allowed=["starttls", "tls", "none"]
)
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL_SECURITY == "starttls", _MAIL_SECURITY == "tls"
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env.mailbox("MAIL_FROM", is_needed=HAS_MAIL)
# Where the links of mails lead; a request's own address is not known to the worker.
SITE_ADDRESS = env.origin("SITE_ADDRESS", is_needed=HAS_MAIL)

# --- Tenants made by the API ---------------------------------------------------------------------
# Where the operator keeps templates of tenants, as docs/operator/platform.md has them; empty: none.
TENANT_TEMPLATES_DIR = env.text("TENANT_TEMPLATES_DIR")

# --- Recordings ----------------------------------------------------------------------------------
# Encrypted files outside the database, the same directory for web and worker: see
# docs/operator/audio.md
AUDIO_DIR = env.text("AUDIO_DIR") or str(BASE_DIR / "var" / "audio")
AUDIO_MAX_MB = env.whole("AUDIO_MAX_MB", default=200, least=1, most=2000)

# --- Time, language, logs ------------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = False
LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logs.configure(
    env.choice("LOG_LEVEL", default="INFO", allowed=["DEBUG", "INFO", "WARNING", "ERROR"])
)
