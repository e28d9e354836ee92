"""What the API says of its rate limits: in the headers of every answer, and 429 past them."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from reviews.accounts.rates import Rate

HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


class KeyThrottle(BaseThrottle):
    """By the count that the tenant middleware took for the key."""

    rate: Rate | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        self.rate = rate_of(request)
        return self.rate is None or not self.rate.is_over

    def wait(self) -> float | None:
        return self.rate.reset_s if self.rate else None


def rate_of(request: Request) -> Rate | None:
    """None without a key."""
    rate: Rate | None = getattr(request._request, "api_rate", None)
    return rate


def tell(rate: Rate | None, answer: Response) -> None:
    if rate is not None:
        said = (rate.limit, rate.remaining, rate.reset_s)
        for name, value in zip(HEADERS, said, strict=True):
            answer[name] = str(value)
