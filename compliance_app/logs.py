"""JSON lines on stderr, one event a line, with request, tenant and job ids.

Only known keys pass, and only short values: a transcript, a name or a key that is handed to a
logger by mistake is replaced by the word `refused`.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

KEYS = frozenset(
    {
        "event", "level", "timestamp", "logger", "tenant", "job", "kind", "request", "source",
        "transcript", "state", "code", "error", "attempt", "count", "seconds", "process", "pid",
        "exit", "status", "path", "method", "port", "signal", "version", "where",
    }
)  # fmt: skip
LONGEST = 200
_REFUSED = "refused"
_NAMED = frozenset({"error", "code", "where"})
_NAME = re.compile(r"([A-Za-z_/][A-Za-z0-9_./:<>-]*)?")
"""An identifier, a class, a path with a line: what has spaces or begins as a number is no name."""


def keep_known(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace every unknown key's value, every long one, and a name that does not look like one."""
    for key, value in event.items():
        if key.startswith("_"):  # structlog's own, taken out before the line is written
            continue
        if not _may_pass(key, value):
            event[key] = _REFUSED
    return event


def _may_pass(key: str, value: object) -> bool:
    if key not in KEYS or len(str(value)) > LONGEST:
        return False
    if key in _NAMED:
        return isinstance(value, str) and _NAME.fullmatch(value) is not None
    return True


def name_object(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Of an event that is no text, an exception perhaps, keep the type's name."""
    if not isinstance(event.get("event"), str):
        event["event"] = type(event.get("event")).__name__
    return event


def name_exception(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Keep an exception's class and drop its text, which may quote a row or a transcript."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, tuple) and info[0] is not None:
        event["error"] = info[0].__name__
    elif isinstance(info, BaseException):
        event["error"] = type(info).__name__
    return event


def drop_arguments(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Of another library's record keep the template, not what was put into it."""
    record = event.get("_record")
    if isinstance(record, logging.LogRecord):
        event["event"] = record.msg
    return event


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    name_exception,
]


def configure(level: str) -> dict[str, Any]:
    """Set structlog up and return Django's LOGGING."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [*_SHARED, drop_arguments],
        "processors": [
            name_object,
            keep_known,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # The queue logs each task twice at INFO; the job ledger is what people read.
            "django-q": {"level": "ERROR"},
            "django.request": {"level": "ERROR"},
            # One line a request would drown the jobs', and a path may hold an id of the vendor's.
            "httpx": {"level": "WARNING"},
        },
    }
