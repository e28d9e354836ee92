"""Optional packages, loaded when they are needed: who does without a feature does without them."""

from importlib import import_module
from typing import Any

from reviews.errors import ErrorCode, Refused


class ExtraMissing(Refused):
    code = ErrorCode.EXTRA_MISSING


def load(module: str, *, extra: str) -> Any:
    """Raises ExtraMissing where the package is not installed."""
    try:
        return import_module(module)
    except ImportError:
        raise ExtraMissing(
            "The request is refused",
            f"an installation without the extra “{extra}”",
            f"Who runs it installs verbatim[{extra}].",
        ) from None
