"""Mistakes that an ingest could have, planted one by one: the simulation has to see each."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from itertools import cycle
from typing import Any
from unittest import mock

from reviews.egress import Limits
from reviews.ingest import backfill, fetch, listing, reconcile, vendor
from reviews.ingest.then import Then
from reviews.jobs import ledger
from reviews.models import ListedCall, ListedState, Source
from reviews.models.tenancy import tenant_context
from reviews.sources.normal import SourceTranscript
from tests.simulation.killing import Killed

Planted = Callable[[], AbstractContextManager[Any]]
_note, _take = listing.note, fetch.take


def _without_the_last(source: Source, items: Any, **given: Any) -> Any:
    return _note(source, list(items)[:-1], **given)


def _reviving_nothing(source: Source, items: Any, **given: Any) -> Any:
    return _note(source, items, **given | {"revived": ()})


def _ended_before_it_is_stored(
    claim: ledger.Claim, source: Source, row: ListedCall, answer: Any, then: Then
) -> None:
    with tenant_context(claim.tenant_id):
        listing.end(row, ListedState.HELD)
    with tenant_context(claim.tenant_id):
        _take(source, row, answer, then)
        ledger.extend(claim, done=0, total=None)


def _cursor_before_its_rows(claim: ledger.Claim, source: Source, page: Any) -> bool:
    with tenant_context(claim.tenant_id):
        source.backfill_cursor = page.before_id or ""
        source.save(update_fields=["backfill_cursor"])
    if next(_DYING):
        raise Killed
    return _backfill_note(claim, source, page)


_backfill_note = backfill._note
_DYING = cycle((False, True))
"""Whether the worker dies between the two."""


def _held_whatever_it_is(row: ListedCall, answer: Any) -> None:
    del answer
    listing.end(row, ListedState.HELD)


def _nothing(*given: Any, **named: Any) -> None:
    """In place of something that matters."""


BUGS: Mapping[str, Sequence[Planted]] = {
    "a page is noted without its last row": (
        partial(mock.patch.object, listing, "note", _without_the_last),
    ),
    "a call still in work counts as here": (
        partial(mock.patch.object, fetch, "_settle", _held_whatever_it_is),
    ),
    "what was broken once is refused for good": (
        partial(mock.patch.object, fetch, "TRIES_A_CALL", 1),
        partial(mock.patch.object, listing, "note", _reviving_nothing),
    ),
    "nothing is compared at night": (partial(mock.patch.object, reconcile, "schedule", _nothing),),
    "a job that rests is not woken": (
        partial(
            mock.patch.object,
            ledger,
            "_WAKE",
            ledger._WAKE.replace("WHEN 'done' THEN 'queued'", "WHEN 'done' THEN 'done'"),
        ),
    ),
    "a call is ended before it is stored": (
        partial(mock.patch.object, fetch, "_take_own", _ended_before_it_is_stored),
    ),
    "the cursor is committed before its page": (
        partial(mock.patch.object, backfill, "_note", _cursor_before_its_rows),
    ),
    "an absurd Retry-After is obeyed": (
        partial(
            mock.patch.object, vendor, "Limits", partial(Limits, longest_retry_after_seconds=1e9)
        ),
    ),
    "a good key wakes nothing": (partial(mock.patch.object, ledger, "retry", _nothing),),
    "any status but error is the end": (
        partial(mock.patch.object, SourceTranscript, "is_final", property(lambda _: True)),
    ),
    "an outage ends a standing job": (partial(mock.patch.object, ledger, "STANDING", frozenset()),),
}
