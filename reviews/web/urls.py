"""Addresses: `/t/<tenant>/<things>[/<id>]`, names noun-verb."""

from django.urls import path, register_converter

from reviews.queries.captions import Form
from reviews.web import (
    acts,
    assignment,
    backtests,
    call_versions,
    calls,
    documents,
    draft_rules,
    drafts,
    examples,
    grades,
    hooks,
    imports,
    jobs,
    packs,
    phrase_rules,
    queue,
    recordings,
    rubrics,
    scorecards,
    signin,
    sources,
    submissions,
    whole_calls,
)
from reviews.web.converters import ShortId
from reviews.web.help import guide_detail

register_converter(ShortId, "id")

TENANT = "t/<slug:slug>"
RUBRIC = f"{TENANT}/rubrics/<id:rubric_id>"
urlpatterns = [
    path("", signin.home, name="home"),
    path("login", signin.sign_in, name="sign-in"),
    path("logout", signin.sign_out, name="sign-out"),
    path("theme", signin.set_theme, name="theme-set"),
    path(TENANT, signin.tenant_home, name="tenant-home"),
    path(f"{TENANT}/queue", queue.queue_list, name="queue-list"),
    path(f"{TENANT}/findings/<id:finding_id>/verdict", queue.finding_decide, name="finding-decide"),
    path(
        f"{TENANT}/findings/<id:finding_id>/example",
        examples.finding_example,
        name="finding-example",
    ),
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
    path(
        f"{TENANT}/calls/<id:transcript_id>/audio/original",
        recordings.call_audio,
        name="call-audio",
    ),
    path(
        f"{TENANT}/calls/<id:transcript_id>/audio/redacted",
        recordings.call_redacted_audio,
        name="call-redacted-audio",
    ),
    path(f"{TENANT}/calls/<id:transcript_id>/roles", calls.call_roles, name="call-roles"),
    path(
        f"{TENANT}/calls/<id:transcript_id>/review/<id:evaluation_id>",
        whole_calls.call_review,
        name="call-review",
    ),
    path(
        f"{TENANT}/calls/<id:transcript_id>/judgements",
        call_versions.call_judgements,
        name="call-judgements",
    ),
    path(f"{TENANT}/rubrics", rubrics.rubric_list, name="rubric-list"),
    path(
        f"{TENANT}/rubrics/assignment",
        assignment.assignment_detail,
        name="assignment-detail",
    ),
    path(
        f"{TENANT}/rubrics/assignment/change",
        assignment.assignment_change,
        name="assignment-change",
    ),
    path(f"{TENANT}/rubrics/scorecard", scorecards.rubric_scorecard, name="rubric-scorecard"),
    path(f"{TENANT}/rubrics/phrase", phrase_rules.phrase_rule, name="phrase-rule"),
    path(f"{TENANT}/rubrics/new", packs.rubric_new, name="rubric-new"),
    path(f"{TENANT}/rubrics/<id:rubric_id>", rubrics.rubric_detail, name="rubric-detail"),
    path(f"{RUBRIC}/quality", rubrics.rubric_quality, name="rubric-quality"),
    path(f"{RUBRIC}/release", packs.rubric_release, name="rubric-release"),
    path(f"{RUBRIC}/grades", grades.rubric_grades, name="rubric-grades"),
    path(f"{RUBRIC}/begin", drafts.draft_begin, name="draft-begin"),
    path(f"{RUBRIC}/draft", drafts.draft_detail, name="draft-detail"),
    path(f"{RUBRIC}/draft/rule", draft_rules.draft_rule, name="draft-rule"),
    path(f"{RUBRIC}/draft/document", documents.draft_document, name="draft-document"),
    path(f"{RUBRIC}/draft/discard", drafts.draft_discard, name="draft-discard"),
    path(f"{RUBRIC}/draft/rebase", drafts.draft_rebase, name="draft-rebase"),
    path(f"{RUBRIC}/draft/publish", drafts.draft_publish, name="draft-publish"),
    path(f"{RUBRIC}/draft/agree", drafts.draft_agree, name="draft-agree"),
    path(f"{RUBRIC}/draft/backtest", backtests.backtest_begin, name="backtest-begin"),
    path(f"{RUBRIC}/draft/shadow", backtests.shadow_begin, name="shadow-begin"),
    path(f"{RUBRIC}/retire", drafts.rubric_retire, name="rubric-retire"),
    path(
        f"{RUBRIC}/versions/<id:version_id>/restore", drafts.version_restore, name="version-restore"
    ),
    path(
        f"{RUBRIC}/versions/<id:version_id>..<id:other_id>",
        backtests.version_compare,
        name="version-compare",
    ),
    path(
        f"{RUBRIC}/versions/<id:version_id>..<id:other_id>/try",
        backtests.version_try,
        name="version-try",
    ),
    path(f"{RUBRIC}/backtests/<id:backtest_id>", backtests.backtest_detail, name="backtest-detail"),
    path(
        f"{RUBRIC}/backtests/<id:backtest_id>/cancel",
        backtests.backtest_cancel,
        name="backtest-cancel",
    ),
    path(
        f"{RUBRIC}/backtests/<id:backtest_id>/hits/<id:hit_id>",
        backtests.hit_judge,
        name="hit-judge",
    ),
    path(
        f"{RUBRIC}/backtests/<id:backtest_id>/hits/<id:hit_id>/example",
        examples.hit_example,
        name="hit-example",
    ),
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
    path(
        f"{TENANT}/sources/<id:source_id>/submit", submissions.source_submit, name="source-submit"
    ),
    path(
        f"{TENANT}/sources/<id:source_id>/profile",
        submissions.source_profile,
        name="source-profile",
    ),
    path(f"{TENANT}/sources/<id:source_id>/test", acts.source_test, name="source-test"),
    path(f"{TENANT}/sources/<id:source_id>/backfill", acts.source_backfill, name="source-backfill"),
    path(f"{TENANT}/sources/<id:source_id>/cancel", acts.source_cancel, name="source-cancel"),
    path(f"{TENANT}/sources/<id:source_id>/pause", acts.source_pause, name="source-pause"),
    path(f"{TENANT}/sources/<id:source_id>/resume", acts.source_resume, name="source-resume"),
    path(f"{TENANT}/sources/<id:source_id>/key", acts.source_key, name="source-key"),
    path(f"{TENANT}/sources/<id:source_id>/watch", acts.source_watch, name="source-watch"),
    path(f"{TENANT}/sources/<id:source_id>/audio", acts.source_audio, name="source-audio"),
    path(f"{TENANT}/sources/<id:source_id>/first", acts.source_first, name="source-first"),
    path(f"{TENANT}/sources/<id:source_id>/compare", acts.source_compare, name="source-compare"),
    path(f"{TENANT}/sources/<id:source_id>/secret", acts.source_secret, name="source-secret"),
    path(f"{TENANT}/jobs/<id:job_id>/retry", acts.job_retry, name="job-retry"),
    path(f"{TENANT}/jobs", jobs.job_list, name="job-list"),
    path("hooks/<id:tenant_id>/<id:source_id>", hooks.source_hook, name="source-hook"),
]
