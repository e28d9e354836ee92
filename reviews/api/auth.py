"""Who asks: the key that the tenant middleware has recognised, and what it may read."""

from collections.abc import Iterable
from typing import Any, cast

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from reviews.accounts.acting import HEADER, PLATFORM
from reviews.accounts.keys import AnyScope
from reviews.errors import ErrorCode, Refused
from reviews.models import ApiKey


class ScopeMissing(Refused):
    code = ErrorCode.SCOPE_MISSING

    def __init__(self, scope: AnyScope) -> None:
        super().__init__(
            "The request is refused",
            f"a key without the scope {scope}",
            "Ask a tenant admin for a key that has it.",
        )


class KeyAuthentication(BaseAuthentication):
    """No session, no cookie: `request.auth` is the key, and there is no user.

    Raises what the middleware refused: a tenant that is named wrongly, or not at all.
    """

    def authenticate(self, request: Request) -> tuple[Any, ApiKey] | None:
        refusal = getattr(request._request, "api_refusal", None)
        if refusal is not None:
            raise refusal
        key = getattr(request._request, "api_key", None)
        return None if key is None else (None, key)

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class KeyHasScope(BasePermission):
    """A view names its `scope`, and in `scopes` that of a method which has another.

    Raises ScopeMissing; without a key it is False, which is a 401.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.auth is None:
            return False
        check_scope(key_of(request), scope_of(view, request.method or ""))
        return True


def scope_of(view: Any, method: str) -> AnyScope:
    scope: AnyScope = getattr(view, "scopes", {}).get(method, view.scope)
    return scope


def key_of(request: Request) -> ApiKey:
    """Of a request that passed KeyHasScope."""
    return cast("ApiKey", request.auth)


def check_scope(key: ApiKey, scope: AnyScope) -> None:
    """Raises ScopeMissing."""
    if scope not in key.scopes:
        raise ScopeMissing(scope)


class OnlyJson(BaseContentNegotiation):
    """There is one form, so what the caller would accept changes nothing."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type or ""


def described(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """drf-spectacular's hook: every address but the platform's own takes the tenant's header."""
    header = {
        "in": "header",
        "name": HEADER,
        "schema": {"type": "string", "minLength": 1, "maxLength": 200},
        "description": "Of a platform key alone: external id or short name of the tenant.",
    }
    for path, methods in result["paths"].items():
        if not path.startswith(PLATFORM):
            for each in methods.values():
                each.setdefault("parameters", []).append(header)
    return result


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # its registry
    """How the schema describes a key."""

    target_class = KeyAuthentication
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "vb_live_<tenant>_<id>_<secret>",
        }
