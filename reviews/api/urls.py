"""Addresses of the API, first version. The lists end without a slash, as their rows do."""

from csp.decorators import csp_update
from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from reviews.api import (
    agents,
    calls,
    captions,
    crm,
    drops,
    exports,
    external_ids,
    hooks,
    imports,
    platform,
    reviews,
    rubrics,
    sources,
    submissions,
    trail,
    views,
)
from reviews.api.compat import views as compat

V1 = "api/v1"


class Name(StringConverter):
    """Of a call or an agent elsewhere, strokes included; what ends as another address is that."""

    regex = ".+(?<!/external-ids)"


register_converter(Name, "name")

urlpatterns = [
    path(f"{V1}/transcripts", views.TranscriptFeed.as_view(), name="api-transcript-list"),
    path(
        f"{V1}/transcripts/<uuid:row_id>",
        views.TranscriptDetail.as_view(),
        name="api-transcript-detail",
    ),
    path(
        f"{V1}/transcripts/<uuid:row_id>/captions",
        captions.TranscriptCaptions.as_view(),
        name="api-transcript-captions",
    ),
    path(
        f"{V1}/transcripts/<uuid:row_id>/passages",
        captions.TranscriptPassages.as_view(),
        name="api-transcript-passages",
    ),
    path(
        f"{V1}/calls/<uuid:row_id>/external-ids",
        external_ids.CallIds.as_view(),
        name="api-call-external-ids",
    ),
    path(
        f"{V1}/agents/<uuid:row_id>/external-ids",
        external_ids.AgentIds.as_view(),
        name="api-agent-external-ids",
    ),
    path(
        f"{V1}/calls/<str:source>/<name:external_id>",
        calls.CallDetail.as_view(),
        name="api-call-detail",
    ),
    path(f"{V1}/imports", imports.ImportView.as_view(), name="api-import"),
    path(f"{V1}/submissions", submissions.SubmissionList.as_view(), name="api-submission-list"),
    path(
        f"{V1}/submissions/<uuid:row_id>",
        submissions.SubmissionDetail.as_view(),
        name="api-submission-detail",
    ),
    path(f"{V1}/evaluations", views.EvaluationFeed.as_view(), name="api-evaluation-list"),
    path(
        f"{V1}/evaluations/<uuid:row_id>",
        views.EvaluationDetail.as_view(),
        name="api-evaluation-detail",
    ),
    path(f"{V1}/findings", views.FindingFeed.as_view(), name="api-finding-list"),
    path(f"{V1}/findings/<uuid:row_id>", views.FindingDetail.as_view(), name="api-finding-detail"),
    path(
        f"{V1}/findings/<uuid:row_id>/reviews",
        reviews.FindingReviews.as_view(),
        name="api-finding-reviews",
    ),
    path(f"{V1}/sources", sources.SourceList.as_view(), name="api-source-list"),
    path(f"{V1}/sources/<uuid:row_id>", sources.SourceDetail.as_view(), name="api-source-detail"),
    path(f"{V1}/rubrics", rubrics.RubricList.as_view(), name="api-rubric-list"),
    path(f"{V1}/rubrics/<uuid:row_id>", rubrics.RubricDetail.as_view(), name="api-rubric-detail"),
    path(f"{V1}/rubric-lint", rubrics.RubricLint.as_view(), name="api-rubric-lint"),
    path(f"{V1}/rubric-drafts", rubrics.RubricDraft.as_view(), name="api-rubric-draft"),
    path(f"{V1}/rubric-versions", rubrics.VersionList.as_view(), name="api-rubric-publish"),
    path(
        f"{V1}/rubric-versions/<uuid:row_id>",
        rubrics.VersionDetail.as_view(),
        name="api-rubric-version-detail",
    ),
    path(
        f"{V1}/rubric-versions/<uuid:row_id>/phrase-lists",
        rubrics.PhraseLists.as_view(),
        name="api-phrase-lists",
    ),
    path(
        f"{V1}/rubric-versions/<uuid:row_id>/documents",
        rubrics.Documents.as_view(),
        name="api-documents",
    ),
    path(f"{V1}/hooks", hooks.HookList.as_view(), name="api-hook-list"),
    path(f"{V1}/hooks/<uuid:row_id>", hooks.HookDetail.as_view(), name="api-hook-detail"),
    path(f"{V1}/hooks/samples/<str:event>", hooks.HookSamples.as_view(), name="api-hook-samples"),
    path(f"{V1}/agents", agents.AgentList.as_view(), name="api-agent-list"),
    path(f"{V1}/agents/<name:external_id>", agents.AgentDetail.as_view(), name="api-agent-detail"),
    path(f"{V1}/audit", trail.AuditList.as_view(), name="api-audit-list"),
    path(f"{V1}/exports/schema", exports.ExportSchema.as_view(), name="api-export-schema"),
    path(f"{V1}/exports/<str:table>", exports.Export.as_view(), name="api-export"),
    path(
        f"{V1}/exports/evaluation_columns/<uuid:row_id>",
        exports.RubricTable.as_view(),
        name="api-export-rubric",
    ),
    path(
        f"{V1}/rubrics/<uuid:row_id>/columns",
        exports.RubricColumns.as_view(),
        name="api-rubric-columns",
    ),
    path(
        f"{V1}/exports/<str:table>/schema",
        exports.TableSchema.as_view(),
        name="api-export-table-schema",
    ),
    path(f"{V1}/drops", drops.DropList.as_view(), name="api-drop-list"),
    path(f"{V1}/drops/<uuid:row_id>", drops.DropDetail.as_view(), name="api-drop-detail"),
    path(f"{V1}/drops/<uuid:row_id>/runs", drops.DropRuns.as_view(), name="api-drop-run"),
    path(f"{V1}/crm/runs", crm.CrmRunList.as_view(), name="api-crm-run-list"),
    path(
        f"{V1}/crm/runs/<uuid:row_id>/records",
        crm.CrmRecordList.as_view(),
        name="api-crm-record-list",
    ),
    path(f"{V1}/jobs", sources.JobList.as_view(), name="api-job-list"),
    path(f"{V1}/platform/tenants", platform.TenantList.as_view(), name="api-tenant-list"),
    path(
        f"{V1}/platform/tenants/<str:external_id>",
        platform.TenantDetail.as_view(),
        name="api-tenant-detail",
    ),
    path(f"{V1}/platform/usage", platform.UsageList.as_view(), name="api-usage-list"),
    path("api/schema/", SpectacularJSONAPIView.as_view(), name="api-schema"),
    path(
        "api/reference/",
        # Swagger UI's icons are in its style sheet.
        csp_update({"img-src": ["data:"]})(
            SpectacularSwaggerSplitView.as_view(
                url_name="api-schema",
                template_name="api/reference.html",
                template_name_js="api/reference.js",
            )
        ),
        name="api-reference",
    ),
    path("v1/runs", compat.RunList.as_view(), name="api-run-list"),
    path("v1/runs/<uuid:row_id>", compat.RunDetail.as_view(), name="api-run-detail"),
    path("v1/kits/schema", compat.KitSchema.as_view(), name="api-kit-schema"),
    path("v1/test", compat.RunTest.as_view(), name="api-run-test"),
    re_path(r"^v1(?:/[\s\S]*)?\Z", compat.Missing.as_view(), name="api-run-missing"),
    re_path(r"^api(?:/[\s\S]*)?\Z", views.Missing.as_view(), name="api-missing"),
]
