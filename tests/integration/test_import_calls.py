"""`manage.py import_calls`."""

import io
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from reviews.models import Source, Tenant
from reviews.models.tenancy import tenant_context
from tests.factories.loop import transcripts
from tests.unit.sources.files.test_archive import packed
from tests.unit.sources.files.written import EVERY, PLAIN, SRT

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="a", name="A")


def run(*arguments: str, tenant: str = "a") -> Ran:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("import_calls", *arguments, "--tenant", tenant, stdout=out, stderr=err)
    except SystemExit as ended:
        return Ran(int(ended.code or 0), out.getvalue(), err.getvalue())
    except CommandError as refusal:
        return Ran(refusal.returncode, out.getvalue(), str(refusal))
    return Ran(0, out.getvalue(), err.getvalue())


def test_every_document_has_a_line_and_all_have_a_sum(tenant: Tenant, tmp_path: Path) -> None:
    path = tmp_path / "calls.zip"
    path.write_bytes(packed(dict(EVERY)))
    ran = run(str(path))
    *lines, total = ran.out.splitlines()
    assert ran.code == 0
    assert all(line.startswith("accepted") for line in lines)
    assert total == "9 calls: 9 accepted, 0 already here, 0 refused."
    assert run(str(path)).out.splitlines()[-1].endswith("0 accepted, 9 already here, 0 refused.")
    assert len(transcripts(tenant)) == 9


def test_a_refused_document_ends_with_1_and_the_others_stay(tenant: Tenant, tmp_path: Path) -> None:
    good, bad = tmp_path / "a.srt", tmp_path / "b.txt"
    good.write_text(SRT)
    bad.write_text("no speaker here")
    ran = run(str(bad), str(good))
    assert ran.code == 1
    refused, accepted, _ = ran.out.splitlines()
    assert f"{bad}:1  The text is refused: line 1 begins with no speaker." in refused
    assert "times estimated" in accepted
    assert len(transcripts(tenant)) == 1


def test_the_table_is_read_and_what_it_lacks_is_told(tenant: Tenant, tmp_path: Path) -> None:
    path, table = tmp_path / "a.txt", tmp_path / "calls.csv"
    path.write_text(PLAIN)
    table.write_text("file,queue,mood\na.txt,cards,glad\nb.txt,cards\nc.txt,cards,\n")
    ran = run(str(path), "--metadata", str(table), "--source", "Old calls")
    assert ran.code == 1
    assert "nothing is taken from these columns: mood." in ran.err
    assert "no document for 1 rows: 4." in ran.err
    assert "line 3: 2 cells under 3 columns" in ran.err
    assert [row.queue for row in transcripts(tenant).values()] == ["cards"]
    with tenant_context(tenant.pk):
        assert Source.objects.get().name == "Old calls"


@pytest.mark.parametrize(
    ("names", "slug", "seen"),
    [
        (["absent.json"], "a", "No such file"),
        (["."], "a", "is a directory"),
        (["a.txt", "absent.json"], "a", "No such file"),
        (["a.txt", "--metadata", "absent.csv"], "a", "No such file"),
        (["a.txt"], "nobody", "The tenant is refused: 'nobody'"),
    ],
)
def test_wrong_input_is_answered_in_one_line_before_anything_is_taken(
    tenant: Tenant,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    names: list[str],
    slug: str,
    seen: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(PLAIN)
    ran = run(*names, tenant=slug)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 0)
    assert seen in ran.err
    assert transcripts(tenant) == {}
