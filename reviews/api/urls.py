"""Addresses of the API, first version. The lists end without a slash, as their rows do."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularJSONAPIView

from reviews.api import captions, hooks, imports, rubrics, sources, submissions, views
from reviews.api.compat import views as compat

V1 = "api/v1"
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
    path(f"{V1}/hooks", hooks.HookList.as_view(), name="api-hook-list"),
    path(f"{V1}/hooks/<uuid:row_id>", hooks.HookDetail.as_view(), name="api-hook-detail"),
    path(f"{V1}/hooks/samples/<str:event>", hooks.HookSamples.as_view(), name="api-hook-samples"),
    path(f"{V1}/jobs", sources.JobList.as_view(), name="api-job-list"),
    path("api/schema/", SpectacularJSONAPIView.as_view(), name="api-schema"),
    path("v1/runs", compat.RunList.as_view(), name="api-run-list"),
    path("v1/runs/<uuid:row_id>", compat.RunDetail.as_view(), name="api-run-detail"),
    path("v1/kits/schema", compat.KitSchema.as_view(), name="api-kit-schema"),
    path("v1/test", compat.RunTest.as_view(), name="api-run-test"),
    re_path(r"^v1(?:/[\s\S]*)?\Z", compat.Missing.as_view(), name="api-run-missing"),
    re_path(r"^api(?:/[\s\S]*)?\Z", views.Missing.as_view(), name="api-missing"),
]
