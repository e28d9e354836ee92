"""Questions of judge rules put to the tenant's language model, within its budget of the day.

Between the transaction that reads the call and the one that writes the evaluation: nothing is
locked while a model thinks. The call's text leaves masked; the answers come back to the engine,
which believes none that it cannot verify.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from reviews.detection import engine
from reviews.detection.checks.judge import JudgeRule
from reviews.detection.evidence import NotAssessable, Reason
from reviews.detection.report import Report, personal_data
from reviews.detection.transcript import Answer, Transcript
from reviews.egress import Client, Config, Limits
from reviews.errors import Refused
from reviews.evaluation import chat
from reviews.models import JudgeEndpoint
from reviews.models.secret import SecretUnreadable, unseal
from reviews.models.tenancy import tenant_context

PATIENCE = 0.6
"""Share of a job's time that all questions of a call may take."""
_REPLY_BYTES = 1_000_000
_RESERVE = """
UPDATE reviews_judgeendpoint SET day = %(day)s,
    calls_used = CASE WHEN day = %(day)s THEN calls_used ELSE 0 END + 1,
    tokens_used = CASE WHEN day = %(day)s THEN tokens_used ELSE 0 END + %(tokens)s
WHERE is_on
    AND CASE WHEN day = %(day)s THEN calls_used ELSE 0 END < calls_per_day
    AND CASE WHEN day = %(day)s THEN tokens_used ELSE 0 END + %(tokens)s <= tokens_per_day
"""
_SETTLE = """
UPDATE reviews_judgeendpoint SET tokens_used = greatest(tokens_used + %(tokens)s, 0)
WHERE day = %(day)s
"""
Answered = Answer | NotAssessable
NOBODY_ASKED: Mapping[str, Answered] = {}


def is_judged(compiled: engine.Compiled) -> bool:
    """Whether any rule asks a language model."""
    return any(isinstance(rule.check, JudgeRule) for rule in compiled.rubric.rules)


def answers(tenant_id: UUID, call: Transcript, compiled: engine.Compiled) -> Mapping[str, Answered]:
    """An answer to each question that the rubric has about a call, or why there is none.

    Outside any transaction. Empty where the tenant's model is off. Never raises for what a model
    says, or where it does not answer.
    """
    asked = engine.questions(call, compiled)
    endpoint = _endpoint(tenant_id) if asked else None
    if endpoint is None:
        return NOBODY_ASKED
    lines, ends = _lines(call), time.monotonic() + PATIENCE * settings.JOB_TIMEOUT_S
    return {rule.key: _ask(endpoint, rule, lines, ends) for rule in asked}


def _endpoint(tenant_id: UUID) -> JudgeEndpoint | None:
    with tenant_context(tenant_id):
        return JudgeEndpoint.objects.filter(is_on=True).first()


def _lines(call: Transcript) -> Sequence[str]:
    """What was said, without personal data."""
    masked = Report(call).masked(personal_data(call))
    return [f"{role}: {text}" for role, text in zip(call.roles, masked, strict=True) if text]


def _ask(endpoint: JudgeEndpoint, rule: JudgeRule, lines: Sequence[str], ends: float) -> Answered:
    seconds = ends - time.monotonic()
    if seconds <= 0:
        return _failed("the questions before it took all the time there is")
    body, day = chat.request(rule, lines, model=endpoint.model), timezone.now().date()
    reserved = chat.tokens_of(body)
    if not _changes(endpoint.tenant_id, _RESERVE, day, reserved):
        return NotAssessable(
            Reason.JUDGE_BUDGET, "the day's budget for the language model is used up"
        )
    try:
        reply = chat.read(_post(endpoint, body, seconds))
    except Refused as refusal:
        return _failed(f"the request ended with {refusal.code}")
    except SecretUnreadable:
        return _failed("its key cannot be read, enter it again")
    if reply.tokens is not None:
        _changes(endpoint.tenant_id, _SETTLE, day, reply.tokens - reserved)
    return reply.answer


def _changes(tenant_id: UUID, statement: str, day: date, tokens: int) -> bool:
    with tenant_context(tenant_id), connection.cursor() as cursor:
        cursor.execute(statement, {"day": day, "tokens": tokens})
        return bool(cursor.rowcount)


def _post(endpoint: JudgeEndpoint, body: bytes, seconds: float) -> bytes:
    """Asked once: a second try would cost a second time."""
    config = Config(
        base_url=endpoint.base_url,
        bearer=unseal(bytes(endpoint.sealed_key)),
        allow_private=settings.EGRESS_ALLOW_PRIVATE,
        limits=Limits(
            read_seconds=seconds, total_seconds=seconds, tries=1, body_bytes=_REPLY_BYTES
        ),
    )
    with Client(config) as client:
        return client.post("/chat/completions", body).body


def _failed(why: str) -> NotAssessable:
    return NotAssessable(Reason.JUDGE_FAILED, f"the language model gave no answer: {why}")
