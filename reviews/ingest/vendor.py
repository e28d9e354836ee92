"""A source's client, and what its answers mean for all who share the account."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from reviews import audit, notify, outbox
from reviews.egress import (
    DestinationRefused,
    KeyRefused,
    Limits,
    RateLimited,
    Surroundings,
    VendorDown,
)
from reviews.errors import Refused
from reviews.ingest import pacer
from reviews.jobs import ledger
from reviews.jobs.turn import Turn
from reviews.models import EventKind, Notice, Source, SourceState
from reviews.models.secret import unseal
from reviews.models.tenancy import tenant_context
from reviews.sources.assemblyai.client import AssemblyAI

SURROUNDINGS: Callable[[], Surroundings] = Surroundings
"""Clock and names of the requests; a simulation puts its own in its place."""


def slice_s() -> float:
    """Seconds of a slice, and of a request that may begin at its end: together within the job."""
    return min(5.0, float(settings.JOB_TIMEOUT_S) * 0.4)


def turn(claim: ledger.Claim) -> Turn:
    """Of a job that asks a source."""
    return Turn(claim.tenant_id, seconds=slice_s())


def connect(source: Source) -> AssemblyAI:
    """The client of a source, paced with all others of its account. For one thread."""
    around = SURROUNDINGS()
    seconds = float(settings.JOB_TIMEOUT_S) * 0.4
    return AssemblyAI(
        key=unseal(bytes(source.sealed_key)),
        base_url=source.base_url,
        allow_private=settings.EGRESS_ALLOW_PRIVATE,
        limits=Limits(read_seconds=seconds, total_seconds=seconds),
        pacer=pacer.RowPacer(account(source), sleep=around.sleep),
        surroundings=around,
    )


def account(source: Source) -> UUID:
    """Whose limits a request of the source counts against."""
    if source.account_id is None:
        raise ValueError(f"source {source.pk} was refused: it has no account. Connect it anew.")
    return source.account_id


def load(claim: ledger.Claim) -> Source | None:
    """The claim's source; None where it is paused, and then the job rests."""
    with tenant_context(claim.tenant_id):
        source = Source.objects.get(pk=claim.subject_id)
        if source.state == SourceState.ACTIVE:
            return source
        ledger.rest(claim, until=None)
        return None


@contextmanager
def asking(claim: ledger.Claim, source: Source) -> Iterator[None]:
    """What the vendor says about the account is kept where all its users see it.

    A refused key pauses the source and ends the job. What else goes wrong is raised on.
    """
    try:
        yield
    except Refused as refusal:
        tell(source, refusal)
        if not isinstance(refusal, KeyRefused):
            raise
        _pause(claim, source, refusal)
    else:
        tell(source)


@contextmanager
def asked(source: Source) -> Iterator[AssemblyAI]:
    """The client of a source outside of its jobs; what the vendor says is kept in the same way."""
    try:
        with connect(source) as client:
            yield client
    except Refused as refusal:
        tell(source, refusal)
        raise
    tell(source)


_NOT_ASKED = (pacer.PutOff, pacer.CircuitOpen, DestinationRefused)


def tell(source: Source, refusal: Refused | None = None) -> None:
    """What came of a request, to all who share the account: an answer, an outage, fewer requests.

    A refusal of our own says nothing of the vendor.
    """
    if isinstance(refusal, _NOT_ASKED):
        return
    if isinstance(refusal, VendorDown):
        pacer.is_down(account(source))
        return
    pacer.answered(account(source))
    if isinstance(refusal, RateLimited) and refusal.retry_after:
        pacer.limited(account(source), wait_s=refusal.retry_after)


def _pause(claim: ledger.Claim, source: Source, refusal: KeyRefused) -> None:
    with tenant_context(claim.tenant_id):
        now, paused = timezone.now(), Source.objects.filter(pk=source.pk, state=SourceState.ACTIVE)
        if paused.update(state=SourceState.PAUSED, paused_code=refusal.code):
            audit.record(
                event=audit.Event.SOURCE_PAUSED,
                by=None,
                target=source,
                at=now,
                data={"code": refusal.code},
            )
            notify.tell(kind=Notice.SOURCE_STOPPED, about=source, by=None, at=now)
            data = {"code": str(refusal.code)}
            said = outbox.Said(EventKind.SOURCE_UNHEALTHY, source.pk, data)
            outbox.emit(claim.tenant_id, [said], at=now)
    ledger.bury(claim, code=refusal.code)
