"""Rubric versions as the engine reads them, and as their pages show them."""

import hashlib
import json
from base64 import b32encode
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import zip_longest
from typing import Any
from uuid import UUID

from django.http import Http404

from reviews import access
from reviews.detection.changes import Change
from reviews.detection.document import RubricError
from reviews.detection.rubric import Rubric, canonical, parse_rubric
from reviews.models import Backtest, Draft, Membership, RubricVersion
from reviews.models import Rubric as RubricModel

CACHED = 64
KIT_CODE_LENGTH = 8


@dataclass(frozen=True, slots=True)
class RubricRow:
    """A rubric's newest version."""

    version: RubricVersion
    rubric: Rubric

    @property
    def kit_code(self) -> str:
        return kit_code(self.version.rubric_id)


def kit_code(rubric_id: UUID) -> str:
    """By which runs name a rubric; it stays.

    40 bits of a hash: in a tenant of ten thousand rubrics two are alike once in 20,000 times.
    """
    return b32encode(hashlib.sha256(rubric_id.bytes).digest())[:KIT_CODE_LENGTH].decode()


@lru_cache(maxsize=CACHED)
def rubric_of(tenant_id: UUID, version_id: UUID) -> Rubric:
    """The version's rubric; read under its own tenant. Raises RubricVersion.DoesNotExist.

    A version never changes, so it may stay in memory.
    """
    version = RubricVersion.objects.get(tenant_id=tenant_id, pk=version_id)
    return parse_rubric(json.loads(version.document))


def published(tenant_id: UUID) -> list[tuple[UUID, str]]:
    """All that have a version, by name."""
    rows = access.scoped_to(RubricModel, tenant_id).filter(versions__isnull=False).distinct()
    return list(rows.order_by("name", "pk").values_list("pk", "name"))


def newest_before(
    tenant_id: UUID, rubric_ids: Collection[UUID], until: datetime
) -> Sequence[RubricVersion]:
    """Of each of them the last version that was published before; by rubric."""
    rows = access.scoped_to(RubricVersion, tenant_id).select_related("rubric")
    own = rows.filter(rubric__in=rubric_ids, published_at__lt=until)
    return list(own.order_by("rubric_id", "-number").distinct("rubric_id"))


def parsed_before(
    tenant_id: UUID, rubric_id: UUID, until: datetime
) -> Iterator[tuple[int, Rubric]]:
    """Each version that was published before, by its number, the first first."""
    rows = access.scoped_to(RubricVersion, tenant_id).filter(rubric=rubric_id)
    found = rows.filter(published_at__lt=until).order_by("number").values_list("number", "pk")
    return ((number, rubric_of(tenant_id, version_id)) for number, version_id in found)


def rubric_rows(membership: Membership) -> tuple[RubricRow, ...]:
    versions = access.scoped_to(RubricVersion, membership.tenant_id).select_related("rubric")
    newest = versions.order_by("rubric_id", "-number").distinct("rubric_id")
    rows = sorted(newest, key=lambda version: version.rubric.name.casefold())
    return tuple(RubricRow(each, rubric_of(each.tenant_id, each.pk)) for each in rows)


def named(membership: Membership) -> list[tuple[UUID, str]]:
    """Those that judge or may judge calls, by name."""
    rows = access.scoped_to(RubricModel, membership.tenant_id).filter(retired_at=None)
    return list(rows.order_by("name", "pk").values_list("pk", "name"))


def rubric_row(membership: Membership, rubric_id: UUID) -> RubricRow:
    """Raises Http404."""
    row = access.get_rubric_for(membership, rubric_id)
    version = row.versions.select_related("rubric").order_by("-number").first()
    if version is None:
        raise Http404
    return RubricRow(version, rubric_of(version.tenant_id, version.pk))


def document_of(version: RubricVersion) -> Mapping[str, Any]:
    """The version's document as plain values."""
    read: Mapping[str, Any] = json.loads(version.document)
    return read


def plain(rubric: Rubric) -> Mapping[str, Any]:
    """A rubric's canonical document as plain values."""
    read: Mapping[str, Any] = json.loads(canonical(rubric))
    return read


def versions_of(
    membership: Membership, rubric_id: UUID
) -> Sequence[tuple[RubricVersion, RubricVersion | None]]:
    """All of them, the newest first; each with the one before it."""
    rows = access.scoped_to(RubricVersion, membership.tenant_id).filter(rubric_id=rubric_id)
    found = list(rows.select_related("published_by", "approved_by").order_by("-number"))
    return list(zip_longest(found, found[1:]))


def drafts_of(membership: Membership) -> dict[UUID, Draft]:
    """The drafts, by their rubric."""
    rows = access.scoped_to(Draft, membership.tenant_id).select_related("rubric", "changed_by")
    return {row.rubric_id: row for row in rows}


def draft_of(membership: Membership, rubric_id: UUID) -> Draft:
    """Raises Http404 where the rubric has none."""
    rows = access.scoped_to(Draft, membership.tenant_id).filter(rubric_id=rubric_id)
    draft = rows.select_related("rubric", "base", "changed_by").first()
    if draft is None:
        raise Http404
    return draft


@dataclass(frozen=True, slots=True)
class Current:
    """What its author sees of a rubric now: the draft, else the newest version, in plain values."""

    document: Mapping[str, Any]
    revision: int
    """Of the draft; 0 where there is none."""


def current_of(membership: Membership, rubric_id: UUID) -> Current:
    """Raises Http404 where the rubric has neither."""
    draft = drafts_of(membership).get(rubric_id)
    if draft is None:
        return Current(plain(rubric_row(membership, rubric_id).rubric), 0)
    document = json.loads(draft.document)
    with suppress(RubricError):  # a draft without rules is taken as it stands
        document = plain(parse_rubric(document))
    return Current(document, draft.revision)


def version_of(membership: Membership, rubric_id: UUID, version_id: UUID) -> RubricVersion:
    """Raises Http404 where it is no version of the rubric."""
    version = access.get_rubric_version_for(membership, version_id)
    if version.rubric_id != rubric_id:
        raise Http404
    return version


def backtest_of(membership: Membership, rubric_id: UUID, backtest_id: UUID) -> Backtest:
    """Raises Http404 where it is none of the rubric."""
    row = access.get_backtest_for(membership, backtest_id)
    if row.rubric_id != rubric_id:
        raise Http404
    return row


def backtests_of(membership: Membership, rubric_id: UUID) -> Sequence[Backtest]:
    """The newest ten."""
    rows = access.scoped_to(Backtest, membership.tenant_id).filter(rubric_id=rubric_id)
    return list(rows.order_by("-began_at")[:10])


def shadow_of(membership: Membership, rubric_id: UUID) -> Backtest | None:
    """What runs in shadow now."""
    rows = access.scoped_to(Backtest, membership.tenant_id)
    return rows.filter(rubric_id=rubric_id, is_shadow=True, ended_at=None).first()


def effect_of(
    membership: Membership, before: RubricVersion, after: RubricVersion
) -> Backtest | None:
    """The newest backtest of the one version against the other."""
    rows = access.scoped_to(Backtest, membership.tenant_id)
    own = rows.filter(rubric_id=after.rubric_id, base=before, sha256=bytes(after.sha256))
    own = own.filter(is_shadow=False)
    return own.order_by("-began_at").first()


def grouped(changes: Iterable[Change]) -> tuple[tuple[tuple[str, ...], tuple[Change, ...]], ...]:
    """By the rule, section, list or document that each is of: its first two names."""
    groups: dict[tuple[str, ...], list[Change]] = {}
    for change in changes:
        groups.setdefault(change.of[:2], []).append(change)
    return tuple((of, tuple(own)) for of, own in groups.items())
