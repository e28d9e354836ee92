"""Makes the tenant by COPY, as owner, and searches; JSON on stdout. See bench/search.py."""

import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles
from time import perf_counter
from typing import Any
from uuid import UUID

from django.db import connections
from django.test import Client
from django.urls import reverse

import bench.ready  # noqa: F401 # models can be imported only after it
from reviews.detection import packing, phrases
from reviews.detection.pii import call as pii
from reviews.ingest import search_words
from reviews.models import MemberRole, Membership, Source, SourceKind, Tenant, User
from reviews.models.ids import uuid7
from reviews.models.tenancy import tenant_context
from reviews.queries import found_lines
from reviews.queries.found_lines import Phrase

PER_CALL, WORDS = 70, (4, 22)
VOCABULARY = 20_000
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
SEARCHES = {
    "rare word": "w15000",
    "word of one call in ten": "w700",
    "common word, in every call": "w1",
    "common words that follow each other": "w1 w2",
    "two words, seldom beside each other": "w40 w300",
    "four words, said in no line": "w1 w2 w3 w1",
    "word that nobody says": "nobody",
}
_TRANSCRIPTS = (
    "id, tenant_id, source_id, external_id, revision, state, state_code, source_error, "
    "payload_hmac, payload, removed, features, feature_fingerprint, language, timing, words, "
    "duration_ms, transcribed_from_ms, is_punctuated, custom_spelling, roles_by, received_at, "
    "call_at, call_zone, direction, kind, queue, product, customer_region, customer_zone, crm_ids, "
    "told_hmac, masked_by, paused_ms"
)
_UTTERANCES = (
    "id, tenant_id, transcript_id, revision, index, speaker, role, channel, start_ms, end_ms, "
    "text, masks, packed"
)
_WORDS = "id, tenant_id, transcript_id, revision, at, words"
Row = tuple[Any, ...]


def main() -> None:
    """Arguments: how many utterances, how many searches of each phrase."""
    calls, searches = int(sys.argv[1]) // PER_CALL, int(sys.argv[2])
    tenant, source = _tenant()
    _fill(tenant, source, calls)
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(User.objects.get())
    made = {
        "utterances": calls * PER_CALL,
        "calls": calls,
        "index_mb": _size("pg_relation_size('call_words_words')"),
        "rows_mb": _size("pg_table_size('reviews_callwords')"),
        "phrases": [_searched(tenant, client, *each, searches) for each in SEARCHES.items()],
    }
    sys.stdout.write(json.dumps(made))


def _tenant() -> tuple[Tenant, Source]:
    tenant = Tenant.objects.create(slug="bench", name="Bench")
    user = User.objects.create_user("reviewer@bench.example")
    with tenant_context(tenant.pk):
        Membership.objects.create(tenant=tenant, user=user, role=MemberRole.LEAD)
        source = Source.objects.create(
            tenant=tenant, name="bench", kind=SourceKind.FILES, sealed_key=b""
        )
    return tenant, source


def _fill(tenant: Tenant, source: Source, calls: int) -> None:
    """As the superuser of the database would: row-level security would refuse COPY."""
    dice = random.Random(7)  # noqa: S311 # the same tenant each time
    words = [f"w{at}" for at in range(1, VOCABULARY + 1)]
    weights = [1 / at for at in range(1, VOCABULARY + 1)]
    with connections["owner"].cursor() as cursor:
        tables = ("reviews_transcript", "reviews_utterance", "reviews_callwords")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        for start in range(0, calls, 500):
            rows = [
                _call(tenant.pk, source.pk, at, _said(dice, words, weights))
                for at in range(start, min(start + 500, calls))
            ]
            _copy(cursor, tables[0], _TRANSCRIPTS, (call for call, _, _ in rows))
            _copy(cursor, tables[1], _UTTERANCES, (each for _, lines, _ in rows for each in lines))
            _copy(cursor, tables[2], _WORDS, (each for _, _, parts in rows for each in parts))
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        cursor.execute("VACUUM (ANALYZE)")


def _said(dice: random.Random, words: list[str], weights: list[float]) -> list[list[str]]:
    """A call's lines, words as often as in speech: the n-th is said 1/n as often as the first."""
    lengths = [dice.randint(*WORDS) for _ in range(PER_CALL)]
    pool = iter(dice.choices(words, weights, k=sum(lengths)))
    return [[next(pool) for _ in range(length)] for length in lengths]


def _call(
    tenant: UUID, source: UUID, at: int, said: list[list[str]]
) -> tuple[Row, list[Row], list[Row]]:
    call, when = uuid7(), BEGAN + timedelta(minutes=at)
    roles = ["agent" if line % 2 else "customer" for line in range(len(said))]
    transcript = (
        call, tenant, source, f"bench-{at}", 1, "ready", "", "", b"", b"", "[]", "{}", "", "en",
        "measured", sum(map(len, said)), 300_000, 0, True, "[]", "", when, when, "", "", "live",
        "", "", "", "", "{}", b"", pii.VERSION, "{}",
    )  # fmt: skip
    lines = [
        (uuid7(), tenant, call, 1, line, "A", roles[line], "", line * 1000, line * 1000 + 900,
         " ".join(words), "[]", _packed(words))
        for line, words in enumerate(said)
    ]  # fmt: skip
    spoken = [(role, words, ()) for role, words in zip(roles, said, strict=True)]
    mark = str(tenant)[-8:]
    parts = [
        (uuid7(), tenant, call, 1, when, search_words.vector(mark, each))
        for each in phrases.parts(spoken)
    ]
    return transcript, lines, parts


def _packed(words: list[str]) -> bytes:
    times = list(range(len(words)))
    every = packing.Words(words, times, times, [0.9] * len(words))
    return packing.pack(every, [0, len(words)])[0]


def _copy(cursor: Any, table: str, columns: str, rows: Iterator[Row]) -> None:
    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _size(what: str) -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"SELECT {what} / 1024 / 1024")
        return int(cursor.fetchone()[0])


def _searched(
    tenant: Tenant, client: Client, name: str, text: str, searches: int
) -> dict[str, Any]:
    phrase = Phrase(tuple(phrases.tokens_of(text)), "aco")
    with tenant_context(tenant.pk):
        spent = [_timed(lambda: found_lines.hits(phrase, None)) for _ in range(searches)]
    address = reverse("call-list", args=[tenant.slug])
    pages = [_timed(lambda: _page(client, address, text)) for _ in range(searches)]
    return {
        "name": f"{name} ({text})"[:60],
        "calls": _calls(tenant, phrase),
        "p50": median(spent),
        "p95": quantiles(spent, n=20)[-1],
        "page_p50": median(pages),
        "page_p95": quantiles(pages, n=20)[-1],
    }


def _page(client: Client, address: str, text: str) -> None:
    status = client.get(address, {"phrase": text}).status_code
    if status != 200:
        raise RuntimeError(f"the search was refused with {status}. Mend the page.")


def _calls(tenant: Tenant, phrase: Phrase) -> int:
    """In how many calls the index has it, without the limit."""
    with tenant_context(tenant.pk), connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM find_calls(%s, 'aco', NULL, NULL, 1000000)", [phrase.lexemes]
        )
        return int(cursor.fetchone()[0])


def _timed(act: Any) -> float:
    """Milliseconds."""
    began = perf_counter()
    act()
    return (perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
