"""Sources and jobs over the API: the numbers of their pages, to watch over."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviews import access
from reviews.accounts.keys import Scope
from reviews.api import parameters
from reviews.api.auth import key_of
from reviews.api.serializers import Row
from reviews.api.views import LIMIT, ApiView, documented, next_address
from reviews.ingest import watched
from reviews.models import JobKind, Source, SourceKind, SourceState
from reviews.queries import health, jobs
from reviews.queries.health import Phase
from reviews.queries.jobs import Shown

SOURCE_KINDS = [each.value for each in SourceKind]
SOURCE_STATES = [each.value for each in SourceState]
JOB_STATES = [each.value for each in Shown]
JOB_KINDS = [each.value for each in JobKind]
"""Choices of fields that share a name: the settings name them for the schema."""
JOBS = "jobs"


class BackfillSerializer(Row):
    phase = serializers.ChoiceField(choices=[each.value for each in Phase])
    found = serializers.IntegerField(help_text="Calls that it listed and did not leave out.")
    done = serializers.IntegerField(help_text="Here, gone or refused.")
    left_out = serializers.IntegerField(help_text="By cancelling.")
    total = serializers.IntegerField(
        allow_null=True, help_text="Null until the source's list is walked to its end."
    )
    rate = serializers.FloatField(help_text="Calls a second, over the last minute.")
    eta_s = serializers.FloatField(allow_null=True, help_text="Seconds to its end.")
    oldest_at = serializers.DateTimeField(allow_null=True)
    refused = serializers.IntegerField()
    began_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    error = serializers.CharField(help_text="A code; empty where nothing went wrong.")


class HealthSerializer(Row):
    wanted = serializers.IntegerField(source="states.wanted", help_text="To be fetched.")
    held = serializers.IntegerField(source="states.held", help_text="Here.")
    gone = serializers.IntegerField(source="states.gone", help_text="Deleted at the source.")
    refused = serializers.IntegerField(source="states.refused")
    skipped = serializers.IntegerField(source="states.skipped", help_text="Left out.")
    erased = serializers.IntegerField(
        source="states.erased", help_text="Erased here, to be deleted at the source."
    )
    refused_by = serializers.SerializerMethodField(help_text="Code to how many.")
    today = serializers.IntegerField(help_text="First heard of since midnight UTC.")
    compared = serializers.IntegerField(help_text="Found by comparisons and nothing before.")
    unanswered = serializers.IntegerField(
        help_text="Webhooks that their receiver did not answer with 2xx, as the source says."
    )
    expiring = serializers.IntegerField(
        help_text="Deleted at the source within 2 days, and not here yet."
    )
    is_late = serializers.BooleanField(help_text="No poll ended for three of its intervals.")
    limited_at = serializers.DateTimeField(
        allow_null=True, help_text="When the source last asked for fewer requests (429)."
    )
    closed_until = serializers.DateTimeField(
        allow_null=True, help_text="Until then it is not asked, because it was away."
    )
    backfill = BackfillSerializer()

    def get_refused_by(self, row: health.Health) -> dict[str, int]:
        return dict(row.refused_by)


class SourceSerializer(Row):
    id = serializers.UUIDField(source="source.id")
    name = serializers.CharField(source="source.name")
    kind = serializers.ChoiceField(source="source.kind", choices=SOURCE_KINDS)
    state = serializers.ChoiceField(source="source.state", choices=SOURCE_STATES)
    paused_code = serializers.CharField(source="source.paused_code", help_text="Why it is paused.")
    poll_every_s = serializers.IntegerField(
        source="source.poll_every_s", allow_null=True, help_text="Null: it is not polled."
    )
    polled_at = serializers.DateTimeField(source="source.polled_at", allow_null=True)
    hook_seen_at = serializers.DateTimeField(
        source="source.hook_seen_at", allow_null=True, help_text="The last webhook."
    )
    reconciled_at = serializers.DateTimeField(
        source="source.reconciled_at", allow_null=True, help_text="The last comparison's end."
    )
    upstream_retention_hours = serializers.IntegerField(
        source="source.upstream_retention_hours",
        allow_null=True,
        help_text="0: nothing is deleted there; null: not known, taken as 72.",
    )
    health = HealthSerializer(allow_null=True, help_text="Null where calls come by files.")


class SourceListSerializer(Row):
    results = SourceSerializer(many=True)


class JobSerializer(Row):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=JOB_KINDS)
    state = serializers.ChoiceField(choices=JOB_STATES)
    source = serializers.UUIDField(source="source.id", allow_null=True, default=None)  # type: ignore[assignment] # a field of that name; its class takes it off
    done = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)
    rate = serializers.FloatField(allow_null=True, help_text="Calls a second, the last minute.")
    eta_s = serializers.FloatField(allow_null=True)
    attempts = serializers.IntegerField()
    error = serializers.CharField(help_text="The last one's code.")
    began_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class JobListSerializer(Row):
    results = JobSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="The next page's address.")
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="State to how many jobs there are in all."
    )
    overdue_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when a job is due while no worker is seen working."
    )


class SourceList(ApiView):
    scope = Scope.SOURCES

    @documented(SourceListSerializer, [], "list_sources", "Sources, and how they are doing")
    def get(self, request: Request) -> Response:
        parameters.none(request.query_params)
        rows = access.scoped_to(Source, key_of(request).tenant_id).order_by("name")
        shown = {"results": [_shown(row) for row in rows.select_related("account")]}
        return Response(SourceListSerializer(shown).data)


class SourceDetail(ApiView):
    scope = Scope.SOURCES

    @documented(SourceSerializer, [], "get_source", "A source, and how it is doing")
    def get(self, request: Request, row_id: UUID) -> Response:
        parameters.none(request.query_params)
        rows = access.scoped_to(Source, key_of(request).tenant_id)
        row = rows.filter(pk=row_id).select_related("account").first()
        if row is None:
            raise Http404
        return Response(SourceSerializer(_shown(row)).data)


def _shown(source: Source) -> dict[str, Any]:
    if source.kind != SourceKind.ASSEMBLYAI:
        return {"source": source, "health": None}
    return {"source": source, "health": watched.health_of(source, now=timezone.now())}


class JobList(ApiView):
    scope = Scope.SOURCES

    @documented(
        JobListSerializer,
        [
            OpenApiParameter("state", str, enum=JOB_STATES),
            OpenApiParameter("cursor", str, description="As `next` has it."),
            LIMIT,
        ],
        "list_jobs",
        "Jobs, the newest first",
    )
    def get(self, request: Request) -> Response:
        asked = parameters.jobs(request.query_params, JOBS)
        page = jobs.page(
            key_of(request).tenant_id,
            state=Shown(asked.state) if asked.state else None,
            after=asked.after,
            limit=asked.limit,
            now=timezone.now(),
        )
        shown = {
            "results": page.rows,
            "next": next_address(request, parameters.cursor(page.next, JOBS))
            if page.next
            else None,
            "counts": {each.value: page.counts.get(each.value, 0) for each in Shown},
            "overdue_at": page.overdue_at,
        }
        return Response(JobListSerializer(shown).data)
