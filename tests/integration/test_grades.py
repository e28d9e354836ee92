"""Past grades from a table: kept once, as earlier verdicts; by the page and by the command."""

import base64
import io
import zlib
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews.detection.rubric import canonical, parse_rubric
from reviews.evaluation import backtest
from reviews.models import (
    AuditEvent,
    Judgement,
    MemberRole,
    Membership,
    Rubric,
    Tenant,
    Transcript,
    User,
)
from reviews.models.tenancy import tenant_context
from reviews.queries import backtests
from reviews.rubrics import publish
from tests.factories.loop import drain
from tests.factories.stored import keep_said

pytestmark = pytest.mark.django_db(transaction=True)
DOCUMENT: dict[str, Any] = {
    "name": "Calls",
    "rules": [
        {"code": "promise", "check": {"query": 'agent: "guarantee"'}},
        {"code": "notice", "violation_when": "absent", "check": {"query": '"recorded line"'}},
    ],
}
DOCUMENT_TEXT = canonical(parse_rubric(DOCUMENT)).decode()
HEADER = "Call ID,Question,Answer,Grader,Date\n"
ROWS = (
    "c-0,Promised a gain?,Yes,Ann,2026-02-03\n"
    "c-1,Promised a gain?,Yes,Ann,2026-02-03\n"
    "c-2,Promised a gain?,No,Ann,2026-02-03\n"
    "c-1,Tone,5,Ann,2026-02-03\n"
    "absent,Promised a gain?,Yes,Ann,2026-02-03\n"
)
MAP = """
columns: {call: Call ID, question: Question, answer: Answer, date: Date, grader: Grader}
questions:
  Promised a gain?: {rule: promise, answers: {'Yes': violation, 'No': right}}
  Tone: {}
"""


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@pytest.fixture
def tenant() -> Tenant:
    tenant = Tenant.objects.create(slug="a", name="A")
    with tenant_context(tenant.pk):
        publish.publish(
            tenant_id=tenant.pk, code="calls", document=DOCUMENT, by=None, now=timezone.now()
        )
    for at in range(3):
        keep_said(tenant, f"c-{at}", "agent: we guarantee it")
    return tenant


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "map.yaml").write_text(MAP)
    (tmp_path / "grades.csv").write_text(HEADER + ROWS)
    return tmp_path


def run(folder: Path, *more: str, tenant: str = "a") -> Ran:
    out, err, code = io.StringIO(), io.StringIO(), 0
    arguments = ("grades", "calls", str(folder / "grades.csv"), "--tenant", tenant, *more)
    try:
        call_command("rubric", *arguments, stdout=out, stderr=err)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return Ran(code, out.getvalue(), err.getvalue())


def mapped(folder: Path, tenant: str = "a") -> Ran:
    return run(folder, "--map", str(folder / "map.yaml"), tenant=tenant)


def kept(tenant: Tenant) -> list[tuple[Any, ...]]:
    with tenant_context(tenant.pk):
        rows = Judgement.objects.select_related("transcript").order_by("transcript__external_id")
        return [
            (each.transcript.external_id, each.rule_code, each.is_violation, each.grader)
            for each in rows.filter(origin="imported")
        ]


KEPT = [
    ("c-0", "promise", True, "Ann"),
    ("c-1", "promise", True, "Ann"),
    ("c-2", "promise", False, "Ann"),
]


def test_every_row_is_accepted_left_out_or_refused_with_its_line(
    tenant: Tenant, folder: Path
) -> None:
    ran = mapped(folder)
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "5 rows: 3 accepted, 0 already here, 1 left out, 1 refused.",
        "line 6: no call with this id. Write the id of a call that was fetched or imported.",
    ]
    assert kept(tenant) == KEPT


def test_a_table_imported_again_is_here_already(tenant: Tenant, folder: Path) -> None:
    mapped(folder)
    ran = mapped(folder)
    assert ran.out.startswith("5 rows: 0 accepted, 3 already here, 1 left out, 1 refused.")
    assert kept(tenant) == KEPT
    with tenant_context(tenant.pk):
        (event,) = AuditEvent.objects.filter(event="rubric.grades_imported")
    assert event.data == {"accepted": 3, "here": 0, "left_out": 1, "refused": 1}


def test_a_change_of_mind_is_kept_and_a_contradiction_is_refused(
    tenant: Tenant, folder: Path
) -> None:
    mapped(folder)
    later, same = (
        "c-0,Promised a gain?,No,Ann,2026-02-04\n",
        "c-0,Promised a gain?,No,Ann,2026-02-03",
    )
    (folder / "grades.csv").write_text(HEADER + later + same)
    ran = mapped(folder)
    assert "1 accepted, 0 already here, 0 left out, 1 refused." in ran.out
    assert "line 3: another answer of the same grader and time to this rule." in ran.out
    assert [row[2] for row in kept(tenant) if row[0] == "c-0"] == [True, False]


def test_grades_count_as_earlier_verdicts(tenant: Tenant, folder: Path) -> None:
    mapped(folder)
    with tenant_context(tenant.pk):
        row = backtest.start(
            rubric=Rubric.objects.get(),
            document=DOCUMENT_TEXT,
            base=None,
            scope=backtest.Scope(days=30),
            rule="promise",
            by=None,
            now=timezone.now(),
        )
    drain()
    with tenant_context(tenant.pk):
        row.refresh_from_db()
        report = backtests.report(row, now=timezone.now())
    assert report.precision is not None
    assert (report.drafted, report.precision.share) == (3, 2 / 3)


def test_without_a_mapping_one_is_written_to_fill_in(tenant: Tenant, folder: Path) -> None:
    ran = run(folder)
    assert (ran.code, kept(tenant)) == (1, [])
    assert ran.err == "Fill the mapping in, then give it with --map.\n"
    assert ran.out.startswith("columns:\n  call: Call ID\n")
    (folder / "map.yaml").write_text(
        ran.out.replace("rule: ''", "rule: promise", 1)
        .replace("'Yes': ''", "'Yes': violation")
        .replace("'No': ''", "'No': right")
    )
    mapped(folder)
    assert kept(tenant) == KEPT


@pytest.mark.parametrize(
    ("table", "mapping", "seen"),
    [
        (None, MAP, "grades.csv: The table is refused: No such file or directory."),
        (b"\x89PNG\x00", MAP, "The table is refused: line 1 is not in UTF-8."),
        (b"Call,Answer\n", MAP, "The grades are refused: no column named “Call ID”."),
        (HEADER.encode(), MAP.replace("promise", "absent"), "no rule “absent”. Write one of: no"),
        (HEADER.encode(), "dates: [", "map.yaml: The rubric is refused: line 1, column"),
        (HEADER.encode(), "dates: x", "map.yaml: dates: 'x' is not allowed: write one of year"),
        (HEADER.encode(), None, "map.yaml: The rubric is refused: No such file or directory."),
    ],
)
def test_what_cannot_be_begun_is_refused_and_changes_nothing(
    tenant: Tenant, tmp_path: Path, table: bytes | None, mapping: str | None, seen: str
) -> None:
    if table is not None:
        (tmp_path / "grades.csv").write_bytes(table)
    if mapping is not None:
        (tmp_path / "map.yaml").write_text(mapping)
    ran = mapped(tmp_path)
    assert (ran.code, ran.out, kept(tenant)) == (2, "", [])
    assert seen in ran.err


def test_the_same_id_at_two_sources_is_no_call(tenant: Tenant, folder: Path) -> None:
    with tenant_context(tenant.pk):
        call = Transcript.objects.get(external_id="c-0")
        source = call.source
        source.pk, source.name = None, "other"
        source.id = type(source)._meta.get_field("id").get_default()
        source.save(force_insert=True)
        call.pk, call.source = type(call)._meta.get_field("id").get_default(), source
        call.save(force_insert=True)
    assert "line 2: several calls with this id." in mapped(folder).out
    assert len(kept(tenant)) == 2


def test_a_call_of_another_tenant_is_absent(tenant: Tenant, folder: Path) -> None:
    other = Tenant.objects.create(slug="b", name="B")
    with tenant_context(other.pk):
        publish.publish(
            tenant_id=other.pk, code="calls", document=DOCUMENT, by=None, now=timezone.now()
        )
    assert "0 accepted, 0 already here, 1 left out, 4 refused." in mapped(folder, "b").out
    assert (kept(other), kept(tenant)) == ([], [])


def test_a_table_of_10_mb_is_taken_in_whole(tenant: Tenant, folder: Path) -> None:
    note = "x" * 100
    rows = "".join(
        f"c-{at % 3},Promised a gain?,Yes,{note} {at},2026-02-03\n" for at in range(71_000)
    )
    assert len(rows) > 10_000_000
    (folder / "grades.csv").write_text(HEADER + rows)
    assert mapped(folder).out == (
        "71,000 rows: 71,000 accepted, 0 already here, 0 left out, 0 refused.\n"
    )


@pytest.fixture
def page(tenant: Tenant) -> str:
    with tenant_context(tenant.pk):
        rubric_id = Rubric.objects.get().pk
    return reverse("rubric-grades", args=("a", rubric_id))


def signed_in(tenant: Tenant, role: MemberRole = MemberRole.RUBRIC_AUTHOR) -> Client:
    user = User.objects.create_user(f"{role}@example.test")
    with tenant_context(tenant.pk):
        Membership.objects.create(tenant=tenant, user=user, role=role)
    client = Client()
    client.force_login(user)
    return client


def sent(text: str) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("grades.csv", text.encode())}


def step(client: Client, page: str, body: dict[str, Any]) -> Any:
    return client.post(page, body)


def filled(first: Any, **more: str) -> dict[str, str]:
    """The form of the second step, with what it came with and what was chosen."""
    context = first.context
    columns = {f"column-{name}": chosen for name, chosen, _ in context["columns"]}
    chosen = {"rule-0": "promise", "answer-0-0": "violation", "answer-0-1": "right"}
    carried = {"table": context["packed"], "shown": context["shown"], "import": "1"}
    return carried | columns | chosen | more


def test_the_page_reads_a_table_asks_and_imports(tenant: Tenant, page: str) -> None:
    client = signed_in(tenant)
    first = step(client, page, sent(HEADER + ROWS))
    body = first.content.decode()
    assert (first.status_code, kept(tenant)) == (200, [])
    assert "Promised a gain?" in body
    assert '<option value="Call ID" selected>' in body
    last = step(client, page, filled(first))
    assert (last.status_code, kept(tenant)) == (200, KEPT)
    body = last.content.decode()
    assert "3 accepted, 0 already here, 1 left out, 1 refused" in body
    assert "Left out, for no rule was named: <bdi>Tone</bdi>" in " ".join(body.split())
    assert '<td class="number">6</td><td>no call with this id.' in body


def test_who_imported_is_kept(tenant: Tenant, page: str) -> None:
    client = signed_in(tenant)
    step(client, page, filled(step(client, page, sent(HEADER + ROWS))))
    with tenant_context(tenant.pk):
        emails = set(Judgement.objects.values_list("by__email", flat=True))
    assert emails == {"rubric_author@example.test"}


def test_columns_that_are_not_guessed_are_asked_for(tenant: Tenant, page: str) -> None:
    client = signed_in(tenant)
    table = HEADER.replace("Answer", "Verdict of the team") + ROWS
    first = step(client, page, sent(table))
    assert (first.status_code, first.context["questions"]) == (200, [])
    second = step(client, page, filled(first, **{"column-answer": "Verdict of the team"}))
    assert [each["asked"].text for each in second.context["questions"]] == [
        "Promised a gain?",
        "Tone",
    ]
    assert kept(tenant) == []


def test_answers_to_other_columns_import_nothing(tenant: Tenant, page: str) -> None:
    client = signed_in(tenant)
    first = step(client, page, sent(HEADER + ROWS))
    second = step(client, page, filled(first, **{"column-question": "Grader"}))
    assert ([each["asked"].text for each in second.context["questions"]], kept(tenant)) == (
        ["Ann"],
        [],
    )


@pytest.mark.parametrize(
    ("changed", "seen"),
    [
        ({"rule-0": "absent"}, "no rule “absent”"),
        ({"table": ""}, "no file"),
        ({"table": "%%%"}, "no file"),
        ({"table": base64.b64encode(b"no zlib").decode()}, "no file"),
        (
            {"table": base64.b64encode(zlib.compress(bytes(20_000_001))).decode()},
            "20,000,001 bytes",
        ),
        ({"table": base64.b64encode(zlib.compress(b'"')).decode()}, "line 1 is no CSV"),
        ({"column-date": "Nowhere"}, "no column named “Nowhere”"),
    ],
)
def test_a_form_that_was_tampered_with_is_refused(
    tenant: Tenant, page: str, changed: dict[str, str], seen: str
) -> None:
    client = signed_in(tenant)
    first = step(client, page, sent(HEADER + ROWS))
    answer = step(client, page, filled(first) | changed)
    assert (answer.status_code, kept(tenant)) == (422, [])
    assert seen in answer.content.decode()


def test_a_refusal_keeps_what_was_filled_in(tenant: Tenant, page: str) -> None:
    client = signed_in(tenant)
    first = step(client, page, sent(HEADER + ROWS))
    again = step(client, page, filled(first, **{"rule-1": "absent"}))
    assert again.status_code == 422
    assert [each["rule"] for each in again.context["questions"]] == ["promise", "absent"]


def test_a_table_too_rich_for_a_page_is_refused(tenant: Tenant, page: str) -> None:
    rows = "".join(f"c,Q{q},A{a},g,d\n" for q in range(60) for a in range(20))
    answer = step(signed_in(tenant), page, sent(HEADER + rows))
    assert answer.status_code == 422
    assert "too many questions and answers for a page. Split the table" in answer.content.decode()


def test_a_table_that_does_not_pack_is_refused(tenant: Tenant, page: str) -> None:
    noise = "".join(
        f"{sha256(bytes(str(at), 'ascii')).hexdigest()},Q,A,g,d\n" for at in range(60_000)
    )
    answer = step(signed_in(tenant), page, sent(HEADER + noise))
    assert answer.status_code == 422
    assert "a table too large for a page. Split the table, or use" in answer.content.decode()


def test_cells_are_shown_as_text(tenant: Tenant, page: str) -> None:
    row = 'c-0,<script>alert(1)</script>,"=HYPERLINK(""x"")",Ann,2026-02-03\n'
    body = step(signed_in(tenant), page, sent(HEADER + row)).content.decode()
    assert "&lt;script&gt;alert(1)" in body
    assert "<script>alert" not in body


@pytest.mark.parametrize("role", [MemberRole.REVIEWER, MemberRole.AUDITOR])
def test_who_may_not_write_rubrics_may_not_import(
    tenant: Tenant, page: str, role: MemberRole
) -> None:
    client = signed_in(tenant, role)
    assert client.get(page).status_code == 403
    assert step(client, page, sent(HEADER + ROWS)).status_code == 403


def test_the_grades_of_calls_that_one_may_not_see_are_refused(tenant: Tenant, page: str) -> None:
    client = signed_in(tenant)
    with tenant_context(tenant.pk):
        Membership.objects.update(scope="own")
    last = step(client, page, filled(step(client, page, sent(HEADER + ROWS))))
    assert "0 accepted, 0 already here, 1 left out, 4 refused" in last.content.decode()
    assert kept(tenant) == []
