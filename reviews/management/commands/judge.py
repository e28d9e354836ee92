"""`manage.py judge`: the language model that a tenant's judge rules may ask, on and off."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reviews.accounts import keys
from reviews.errors import Refused
from reviews.evaluation import endpoint
from reviews.models import JudgeEndpoint


class Command(BaseCommand):
    help = (
        "The language model of a tenant's judge rules; off until it is set. The key is read from "
        "standard input. Example: manage.py judge on --tenant north-wind "
        "--url https://llm.example/v1 --model small --calls 200 --tokens 500000 < key"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        on = acts.add_parser("on", help="set it with its budget of a day, and turn it on")
        on.add_argument("--url", required=True, help="/chat/completions is asked below it")
        on.add_argument("--model", required=True, help="the model's name at that server")
        on.add_argument("--calls", type=int, required=True, help="questions a day at most")
        on.add_argument("--tokens", type=int, required=True, help="tokens a day at most")
        off = acts.add_parser("off", help="ask nobody from now on")
        show = acts.add_parser("show", help="what is set, and what is used of today's budget")
        for each in (on, off, show):
            each.add_argument("--tenant", required=True, help="the tenant's short name")

    def handle(self, *args: Any, **options: Any) -> None:
        acts: dict[str, Callable[..., JudgeEndpoint]] = {
            "on": _on,
            "off": _off,
            "show": _show,
        }
        try:
            self.stdout.write(_line(acts[options["act"]](**options)))
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal


def _on(*, tenant: str, url: str, model: str, calls: int, tokens: int, **_: Any) -> JudgeEndpoint:
    wanted = endpoint.Wanted(url, model, sys.stdin.readline().strip(), calls, tokens)
    tenant_id = keys.tenant_of(tenant).pk
    return endpoint.turn_on(tenant_id=tenant_id, wanted=wanted, by=None, now=timezone.now())


def _off(*, tenant: str, **_: Any) -> JudgeEndpoint:
    return endpoint.turn_off(tenant_id=keys.tenant_of(tenant).pk, by=None, now=timezone.now())


def _show(*, tenant: str, **_: Any) -> JudgeEndpoint:
    return endpoint.shown(keys.tenant_of(tenant).pk)


def _line(row: JudgeEndpoint) -> str:
    is_today = row.day == timezone.now().date()
    calls, tokens = (row.calls_used, row.tokens_used) if is_today else (0, 0)
    used = f"{calls:,} of {row.calls_per_day:,} calls, {tokens:,} of {row.tokens_per_day:,} tokens"
    return f"{'on' if row.is_on else 'off'}  {row.base_url}  {row.model}  today {used}"
