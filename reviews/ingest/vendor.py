"""A source's client, and what its answers mean for all who share the account."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from reviews import audit
from reviews.egress import KeyRefused, Limits, RateLimited, Surroundings, VendorDown
from reviews.ingest import pacer
from reviews.jobs import ledger
from reviews.models import Source, SourceState
from reviews.models.secret import unseal
from reviews.models.tenancy import tenant_context
from reviews.sources.assemblyai.client import AssemblyAI

SURROUNDINGS: Callable[[], Surroundings] = Surroundings
"""Clock and names of the requests; a simulation puts its own in its place."""


def slice_s() -> float:
    """Seconds of a slice, and of a request that may begin at its end: together within the job."""
    return min(5.0, float(settings.JOB_TIMEOUT_S) * 0.4)


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
    except KeyRefused as refusal:
        _pause(claim, source, refusal)
    except RateLimited as refusal:
        if refusal.retry_after:
            pacer.limited(account(source), wait_s=refusal.retry_after)
        raise
    except VendorDown:
        pacer.is_down(account(source))
        raise
    else:
        pacer.answered(account(source))


def _pause(claim: ledger.Claim, source: Source, refusal: KeyRefused) -> None:
    with tenant_context(claim.tenant_id):
        paused = Source.objects.filter(pk=source.pk, state=SourceState.ACTIVE)
        if paused.update(state=SourceState.PAUSED, paused_code=refusal.code):
            audit.record(
                event=audit.Event.SOURCE_PAUSED,
                by=None,
                target=source,
                at=timezone.now(),
                data={"code": refusal.code},
            )
    ledger.bury(claim, code=refusal.code)
