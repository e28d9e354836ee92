"""The session that allauth speaks OpenID Connect with: it opens no connection, egress does."""

from typing import Any

import requests
from django.conf import settings
from requests.adapters import BaseAdapter

from reviews import egress
from reviews.errors import Refused

_FORM = "application/x-www-form-urlencoded"
LIMITS = egress.Limits(total_seconds=20, tries=2, body_bytes=1_000_000)


class Unreachable(requests.RequestException):
    """A provider that was refused, or whose answer was; says why without its text."""


class EgressAdapter(BaseAdapter):
    """Sends a prepared request through a client of its own origin."""

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Raises Unreachable; an answer that is here has a 2xx status."""
        url = request.url or ""
        try:
            origin = egress.parse_origin(url, allow_private=settings.EGRESS_ALLOW_PRIVATE)
            config = egress.Config(
                base_url=f"{origin.scheme}://{origin.entry}",
                bearer=_bearer(request),
                allow_private=settings.EGRESS_ALLOW_PRIVATE,
                limits=LIMITS,
            )
            with egress.Client(config) as client:
                return _response(request, _sent(client, request, url))
        except Refused as refusal:
            raise Unreachable(str(refusal)) from refusal

    def close(self) -> None:
        """Nothing is open."""


def session() -> requests.Session:
    made = requests.Session()
    made.trust_env = False
    made.max_redirects = 0
    for scheme in ("https://", "http://"):
        made.mount(scheme, EgressAdapter())
    return made


def _bearer(request: requests.PreparedRequest) -> str:
    scheme, _, token = str(request.headers.get("Authorization", "")).partition(" ")
    return token if scheme == "Bearer" else ""


def _sent(client: egress.Client, request: requests.PreparedRequest, url: str) -> egress.Reply:
    if request.method == "GET":
        return client.get(url)
    return client.post_once(url, str(request.body or "").encode(), kind=_FORM)


def _response(request: requests.PreparedRequest, reply: egress.Reply) -> requests.Response:
    made = requests.Response()
    made.status_code = reply.status
    made._content = reply.body
    made.headers["content-type"] = "application/json"
    made.url = request.url or ""
    made.request = request
    return made
