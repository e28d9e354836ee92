"""What was written to a CRM, for programs that watch it."""

from uuid import UUID

from django.http import Http404
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
from reviews.models import CrmRecordState, CrmRun, CrmSystem
from reviews.queries import crm

RUNS, RECORDS = "crmruns", "crmrecords"
SYSTEMS = [each.value for each in CrmSystem]
RECORD_STATES = [each.value for each in CrmRecordState]
_PAGED = [OpenApiParameter("cursor", str, description="As `next` has it."), LIMIT]


class CrmRunSerializer(Row):
    id = serializers.UUIDField()
    connection = serializers.CharField(source="connection.name")
    system = serializers.ChoiceField(source="connection.system", choices=SYSTEMS)
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    written = serializers.IntegerField()
    failed = serializers.IntegerField(help_text="Tries that failed.")
    code = serializers.CharField(help_text="Why it ended before its end.")


class CrmRunListSerializer(Row):
    results = CrmRunSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="The next page's address.")


class CrmRecordSerializer(Row):
    id = serializers.UUIDField()
    evaluation = serializers.UUIDField(source="evaluation_id")
    state = serializers.ChoiceField(choices=RECORD_STATES)
    code = serializers.CharField(help_text="Why the last try failed, as the CRM says.")
    target_id = serializers.CharField(help_text="Its id in the CRM.")
    tries = serializers.IntegerField(help_text="That failed in a row.")
    tried_at = serializers.DateTimeField(allow_null=True)


class CrmRecordListSerializer(Row):
    results = CrmRecordSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="The next page's address.")


class CrmRunList(ApiView):
    scope = Scope.CRM

    @documented(CrmRunListSerializer, _PAGED, "list_crm_runs", "Runs to CRMs, the newest first")
    def get(self, request: Request) -> Response:
        asked = parameters.paged(request.query_params, RUNS)
        rows, place = crm.run_page(key_of(request).tenant_id, asked.after, limit=asked.limit)
        address = next_address(request, parameters.cursor(place, RUNS)) if place else None
        return Response(CrmRunListSerializer({"results": rows, "next": address}).data)


class CrmRecordList(ApiView):
    scope = Scope.CRM

    @documented(CrmRecordListSerializer, _PAGED, "list_crm_records", "What a run tried last")
    def get(self, request: Request, row_id: UUID) -> Response:
        """Each record is with the run that tried it last."""
        asked = parameters.paged(request.query_params, RECORDS)
        runs = access.scoped_to(CrmRun, key_of(request).tenant_id)
        run = runs.select_related("connection").filter(pk=row_id).first()
        if run is None:
            raise Http404
        after = asked.after[1] if asked.after else None
        page = crm.records(run.connection, run=run, after=after, limit=asked.limit)
        place = (run.started_at, page.next) if page.next else None
        address = next_address(request, parameters.cursor(place, RECORDS)) if place else None
        return Response(CrmRecordListSerializer({"results": page.rows, "next": address}).data)
