"""`manage.py rubric export`, `import` and `diff` of a tenant's rubrics."""

import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from reviews.demo import build
from reviews.detection.rubric import canonical, parse_rubric
from reviews.models import AuditEvent, Draft, Rubric, RubricVersion, Tenant
from reviews.models.tenancy import tenant_context
from reviews.rubrics import publish
from tests.unit.rubrics.broken import BROKEN, GOOD

pytestmark = pytest.mark.django_db(transaction=True)
PROMISE = GOOD.replace("guarantee", "promise")


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


@pytest.fixture
def version(tenant: Tenant) -> RubricVersion:
    return published(tenant, build.rubric("meridian-care"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "rubric.yaml"


def published(tenant: Tenant, document: dict[str, Any]) -> RubricVersion:
    with tenant_context(tenant.pk):
        return publish.publish(
            tenant_id=tenant.pk, code="calls", document=document, by=None, now=timezone.now()
        )


def run(action: str, *arguments: str, tenant: str = "a") -> Ran:
    out, err, code = io.StringIO(), io.StringIO(), 0
    try:
        call_command("rubric", action, "--tenant", tenant, *arguments, stdout=out, stderr=err)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return Ran(code, out.getvalue(), err.getvalue())


def rows(tenant: Tenant) -> dict[str, Any]:
    """All that an import may change."""
    with tenant_context(tenant.pk):
        return {
            "rubrics": list(Rubric.objects.values_list("code", "name").order_by("code")),
            "versions": list(RubricVersion.objects.values_list("number", "note").order_by("pk")),
            "drafts": list(Draft.objects.values_list("document", "revision")),
            "events": AuditEvent.objects.count(),
        }


def draft_of(tenant: Tenant) -> Draft:
    with tenant_context(tenant.pk):
        return Draft.objects.select_related("base", "rubric").get()


def test_a_published_rubric_comes_back_with_its_hash(
    tenant: Tenant, version: RubricVersion, file: Path
) -> None:
    assert run("export", "calls", "-o", str(file)).code == 0
    assert run("import", "copy", str(file), "--publish", "--note", "as it was").code == 0
    with tenant_context(tenant.pk):
        copy = RubricVersion.objects.get(rubric__code="copy")
    assert bytes(copy.sha256) == bytes(version.sha256)
    assert (copy.number, copy.note) == (1, "as it was")


def test_a_draft_has_the_hash_of_the_version_it_was_exported_from(
    tenant: Tenant, version: RubricVersion, file: Path
) -> None:
    file.write_text(run("export", "calls").out)
    ran = run("import", "calls", str(file))
    assert (ran.code, ran.err) == (0, "calls: the draft is the file's, revision 2.\n")
    draft = draft_of(tenant)
    text = canonical(parse_rubric(json.loads(draft.document)))
    assert hashlib.sha256(text).digest() == bytes(version.sha256)
    assert draft.base == version


def test_export_gives_the_version_that_is_asked_for(
    tenant: Tenant, version: RubricVersion, file: Path
) -> None:
    published(tenant, build.rubric("harbor-wealth"))
    first, newest = run("export", "calls", "--version", "1").out, run("export", "calls").out
    assert first != newest
    assert newest == run("export", "calls", "--version", "2").out
    assert first.startswith(f"name: {build.rubric('meridian-care')['name']}\n")


def test_a_file_imported_twice_changes_nothing_the_second_time(tenant: Tenant, file: Path) -> None:
    file.write_text(GOOD)
    run("import", "new", str(file))
    before = rows(tenant)
    assert run("import", "new", str(file)).code == 0
    assert rows(tenant) == before
    assert before["rubrics"] == [("new", "Test")]


def test_a_draft_of_somebody_is_replaced_only_by_its_revision(tenant: Tenant, file: Path) -> None:
    file.write_text(GOOD)
    run("import", "new", str(file))
    before = rows(tenant)
    file.write_text(PROMISE)
    ran = run("import", "new", str(file))
    assert (ran.code, rows(tenant)) == (2, before)
    assert "one is there already, revision 2. Look at it; to put this in its place" in ran.err
    assert run("import", "new", str(file), "--over", "2").code == 0
    assert (draft_of(tenant).revision, "promise" in draft_of(tenant).document) == (3, True)


def test_a_revision_of_no_draft_is_refused(tenant: Tenant, file: Path) -> None:
    file.write_text(GOOD)
    ran = run("import", "new", str(file), "--over", "3")
    assert (ran.code, rows(tenant)["rubrics"]) == (2, [])
    assert "a rubric that has no draft now" in ran.err


def test_a_draft_of_somebody_is_in_the_way_of_publishing_too(tenant: Tenant, file: Path) -> None:
    file.write_text(GOOD)
    run("import", "new", str(file))
    before = rows(tenant)
    file.write_text(PROMISE)
    way = ("--publish", "--note", "now")
    assert run("import", "new", str(file), *way).code == 2
    assert rows(tenant) == before
    ran = run("import", "new", str(file), *way, "--over", str(draft_of(tenant).revision))
    assert ran.err == "new: version 1 is in force.\n"
    assert rows(tenant)["drafts"] == []


def test_what_two_people_publish_is_not_published_by_a_file(tenant: Tenant, file: Path) -> None:
    Tenant.objects.update(second_person=True)
    file.write_text(GOOD + "    severity: critical\n")
    ran = run("import", "new", str(file), "--publish", "--note", "now")
    assert (ran.code, rows(tenant)["rubrics"]) == (2, [])
    assert "which two people publish here. Leave it as the draft;" in ran.err


@pytest.mark.parametrize("note", [[], ["--note", " "], ["--note", "x" * 501]])
def test_publishing_needs_a_note(tenant: Tenant, file: Path, note: list[str]) -> None:
    file.write_text(GOOD)
    ran = run("import", "new", str(file), "--publish", *note)
    assert (ran.code, rows(tenant)["rubrics"]) == (2, [])
    assert "Publishing is refused: " in ran.err


def test_a_note_for_a_draft_is_refused(tenant: Tenant, file: Path) -> None:
    file.write_text(GOOD)
    assert "--note is refused" in run("import", "new", str(file), "--note", "x").err
    assert rows(tenant)["rubrics"] == []


def test_a_red_example_is_no_version(tenant: Tenant, file: Path) -> None:
    file.write_text(GOOD + "    examples: {must_match: ['agent: hello']}\n")
    ran = run("import", "new", str(file), "--publish", "--note", "x")
    assert (ran.code, rows(tenant)["rubrics"]) == (2, [])
    assert "rules[0].examples.must_match[0], which is not found" in ran.err


def test_there_are_forty_kinds_of_broken_files() -> None:
    assert len(BROKEN) >= 40


@pytest.mark.parametrize("way", [[], ["--publish", "--note", "x"]])
def test_a_broken_file_is_refused_by_name_and_changes_nothing(
    tenant: Tenant, version: RubricVersion, file: Path, way: list[str]
) -> None:
    before, wrong = rows(tenant), {}
    for text, reason in BROKEN.items():
        file.write_bytes(text.encode())
        ran = run("import", "calls", str(file), *way)
        is_told = ran.err.startswith(f"{file}: ") and reason in ran.err and ran.code == 2
        if not is_told or rows(tenant) != before:
            wrong[text[:60]] = ran
    assert wrong == {}


@pytest.mark.parametrize(
    ("data", "seen"),
    [(b"\xff\xfe\x00", "not UTF-8"), (b" " * 10_000_001, "more than 10,000,000 bytes")],
)
def test_bytes_that_are_no_text_are_refused(
    tenant: Tenant, file: Path, data: bytes, seen: str
) -> None:
    file.write_bytes(data)
    ran = run("import", "calls", str(file))
    assert (ran.code, seen in ran.err, rows(tenant)["rubrics"]) == (2, True, [])


@pytest.mark.parametrize(
    ("arguments", "seen"),
    [
        (("export", "absent"), "The rubric is refused: 'absent'. Write one of: calls."),
        (("export", "calls", "--version", "9"), "The version is refused: 9. Write a number from 1"),
        (("export", "calls", "-o", "absent/x.yaml"), "absent/x.yaml: The file is not written"),
        (("import", "calls", "absent.yaml"), "absent.yaml: The rubric is refused: No such file"),
        (("diff", "calls", "3"), "The versions are refused: '3'. Write two numbers, such as 3..4"),
        (("diff", "calls", "1..7"), "The version is refused: 7."),
    ],
)
def test_what_is_not_there_is_refused(
    version: RubricVersion, arguments: tuple[str, ...], seen: str
) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert seen in ran.err


def test_a_tenant_that_is_not_there_is_refused(file: Path, tenant: Tenant) -> None:
    file.write_text(GOOD)
    for arguments in (("export", "calls"), ("import", "calls", str(file)), ("diff", "c", "1..2")):
        assert run(*arguments, tenant="absent").code == 2


@pytest.mark.parametrize("code", ["a b", "é", "x" * 101, ""])
def test_a_code_that_is_none_is_refused(tenant: Tenant, file: Path, code: str) -> None:
    file.write_text(GOOD)
    assert "The rubric's code is refused" in run("import", code, str(file)).err
    assert rows(tenant)["rubrics"] == []


def test_a_rubric_of_another_tenant_is_absent(version: RubricVersion) -> None:
    Tenant.objects.create(slug="b", name="B")
    assert "Write one of: none is there yet." in run("export", "calls", tenant="b").err


def test_a_rubric_with_a_draft_alone_has_no_version(tenant: Tenant, file: Path) -> None:
    file.write_text(GOOD)
    run("import", "new", str(file))
    assert "a rubric that was never published. Publish it first." in run("export", "new").err


def test_diff_of_versions_says_what_was_changed(tenant: Tenant, version: RubricVersion) -> None:
    document = build.rubric("meridian-care")
    document["rules"][0]["weight"] = 99
    published(tenant, document)
    ran = run("diff", "calls", "1..2")
    assert (ran.code, ran.err) == (1, "1 difference.\n")
    assert ran.out.startswith(f"rules.{document['rules'][0]['code']}.weight: changed\n  - [")
    assert run("diff", "calls", "2..2").code == 0


def test_a_pack_is_a_file_to_begin_from_and_remembers_its_release(
    tenant: Tenant, file: Path
) -> None:
    call_command("rubric", "pack", "hipaa", "-o", str(file), stdout=io.StringIO())
    call_command("rubric", "lint", str(file), stdout=io.StringIO(), stderr=io.StringIO())
    assert run("import", "privacy", str(file)).code == 0
    with tenant_context(tenant.pk):
        document = json.loads(Draft.objects.get(rubric__code="privacy").document)
    assert document["pack"] == {"code": "hipaa", "version": 1}


def test_a_pack_that_is_none_is_refused_with_those_that_there_are() -> None:
    err = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("rubric", "pack", "../hipaa", stdout=io.StringIO(), stderr=err)
    assert ended.value.code == 2
    assert "no pack '../hipaa'. Name one of broker_dealer, " in err.getvalue()
