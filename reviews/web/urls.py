"""Addresses: `/t/<tenant>/<things>[/<id>]`, names noun-verb."""

from django.urls import path, register_converter

from reviews.queries.captions import Form
from reviews.web import acts, calls, hooks, imports, jobs, queue, rubrics, signin, sources
from reviews.web.converters import ShortId
from reviews.web.help import guide_detail

register_converter(ShortId, "id")

TENANT = "t/<slug:slug>"
urlpatterns = [
    path("", signin.home, name="home"),
    path("login", signin.sign_in, name="sign-in"),
    path("logout", signin.sign_out, name="sign-out"),
    path("theme", signin.set_theme, name="theme-set"),
    path(TENANT, signin.tenant_home, name="tenant-home"),
    path(f"{TENANT}/queue", queue.queue_list, name="queue-list"),
    path(f"{TENANT}/findings/<id:finding_id>/verdict", queue.finding_decide, name="finding-decide"),
    path(f"{TENANT}/calls", calls.call_list, name="call-list"),
    path(f"{TENANT}/calls/<id:transcript_id>", calls.call_detail, name="call-detail"),
    path(f"{TENANT}/calls/<id:transcript_id>/reveal", calls.call_reveal, name="call-reveal"),
    path(
        f"{TENANT}/calls/<id:transcript_id>/captions.srt",
        calls.call_captions,
        {"form": Form.SRT},
        name="call-srt",
    ),
    path(
        f"{TENANT}/calls/<id:transcript_id>/captions.vtt",
        calls.call_captions,
        {"form": Form.VTT},
        name="call-vtt",
    ),
    path(f"{TENANT}/calls/<id:transcript_id>/roles", calls.call_roles, name="call-roles"),
    path(f"{TENANT}/rubrics", rubrics.rubric_list, name="rubric-list"),
    path(f"{TENANT}/rubrics/<id:rubric_id>", rubrics.rubric_detail, name="rubric-detail"),
    path(
        f"{TENANT}/help/rule-language",
        guide_detail,
        {"name": "rule-language"},
        name="rubric-language",
    ),
    path(
        f"{TENANT}/help/cheat-sheet",
        guide_detail,
        {"name": "cheat-sheet"},
        name="rubric-cheat-sheet",
    ),
    path(f"{TENANT}/help/checks", guide_detail, {"name": "checks"}, name="rubric-checks"),
    path(f"{TENANT}/help/facts", guide_detail, {"name": "facts"}, name="rubric-facts"),
    path(f"{TENANT}/sources", sources.source_list, name="source-list"),
    path(f"{TENANT}/import", imports.source_import, name="source-import"),
    path(f"{TENANT}/sources/connect", sources.source_connect, name="source-connect"),
    path(f"{TENANT}/sources/<id:source_id>", sources.source_detail, name="source-detail"),
    path(f"{TENANT}/sources/<id:source_id>/calls", sources.source_listed, name="source-listed"),
    path(f"{TENANT}/sources/<id:source_id>/test", acts.source_test, name="source-test"),
    path(f"{TENANT}/sources/<id:source_id>/backfill", acts.source_backfill, name="source-backfill"),
    path(f"{TENANT}/sources/<id:source_id>/cancel", acts.source_cancel, name="source-cancel"),
    path(f"{TENANT}/sources/<id:source_id>/pause", acts.source_pause, name="source-pause"),
    path(f"{TENANT}/sources/<id:source_id>/resume", acts.source_resume, name="source-resume"),
    path(f"{TENANT}/sources/<id:source_id>/key", acts.source_key, name="source-key"),
    path(f"{TENANT}/sources/<id:source_id>/watch", acts.source_watch, name="source-watch"),
    path(f"{TENANT}/sources/<id:source_id>/first", acts.source_first, name="source-first"),
    path(f"{TENANT}/sources/<id:source_id>/compare", acts.source_compare, name="source-compare"),
    path(f"{TENANT}/sources/<id:source_id>/secret", acts.source_secret, name="source-secret"),
    path(f"{TENANT}/jobs/<id:job_id>/retry", acts.job_retry, name="job-retry"),
    path(f"{TENANT}/jobs", jobs.job_list, name="job-list"),
    path("hooks/<id:tenant_id>/<id:source_id>", hooks.source_hook, name="source-hook"),
]
