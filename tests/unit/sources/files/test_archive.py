"""ZIP archives, and what they may not be."""

import gzip
import io
import stat
import zipfile
from types import ModuleType

import pytest

from reviews.sources.files import archive, documents
from reviews.sources.files.documents import Loaded, load_bytes
from tests.unit.sources.files.written import EVERY, PLAIN


def packed(files: dict[str, bytes | str], **more: int) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = more.get("attributes", 0)
            made.writestr(info, data, zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def every(data: bytes) -> list[Loaded]:
    return list(load_bytes("calls.zip", data))


def test_an_archive_gives_every_file_under_its_name() -> None:
    found = every(packed({f"week 1/{name}": text for name, text in EVERY.items()}))
    assert [each.file for each in found] == [f"calls.zip/week 1/{name}" for name in EVERY]
    assert all(each.transcript for each in found)


def test_a_broken_file_in_it_costs_no_other() -> None:
    first, second = every(packed({"a.txt": "no speaker here", "b.txt": PLAIN}))
    assert first.refused is not None
    assert second.transcript is not None


def test_folders_and_what_systems_leave_behind_are_passed_over() -> None:
    left: dict[str, bytes | str] = {"calls/": b"", "__MACOSX/a.txt": PLAIN}
    left |= {"calls/.DS_Store": b"x", "calls/a.txt": PLAIN}
    assert [each.file for each in every(packed(left))] == ["calls.zip/calls/a.txt"]


def test_a_name_is_shown_and_is_never_a_path() -> None:
    (only,) = every(packed({"../../etc/\x1b[2Jpasswd": PLAIN}))
    assert only.transcript is not None
    assert "\x1b" not in only.place


@pytest.mark.parametrize("inner", [packed({"a.txt": PLAIN}), b"\x1f\x8b\x08junk"])
def test_an_archive_within_it_is_refused(inner: bytes) -> None:
    (only,) = every(packed({"inner": inner}))
    assert only.refused is not None
    assert only.refused.seen == "an archive or a packed file within the archive"


def test_a_link_is_refused() -> None:
    (only,) = every(packed({"a": "/etc/passwd"}, attributes=(stat.S_IFLNK | 0o777) << 16))
    assert only.refused is not None
    assert only.refused.seen == "a link"


def test_a_bomb_is_refused_while_it_unpacks() -> None:
    (only,) = every(packed({"a.txt": b"0" * 5_000_000}))
    assert only.refused is not None
    assert "times its size" in only.refused.seen


@pytest.mark.parametrize(
    ("module", "name", "value", "seen"),
    [
        (archive, "MOST_MEMBERS", 1, "more than 1 files in it"),
        (archive, "_LONGEST_LIST", 90, "more than 10,000 files in it"),
        (documents, "MOST_UPLOADED", 60, "more than 60 bytes unpacked"),
    ],
)
def test_too_much_is_refused(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, value: int, seen: str
) -> None:
    monkeypatch.setattr(module, name, value)
    *_, last = every(packed({"a.txt": PLAIN, "b.txt": PLAIN}))
    assert last.refused is not None
    assert last.refused.seen == seen


@pytest.mark.parametrize("content", [b"\n" * 5_000, b"{}\n" * 2_000, b" " * 5_000])
def test_a_packed_file_ends_where_too_much_comes_out(
    monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setattr(documents, "MOST_UPLOADED", 1_000)
    *_, last = load_bytes("calls.jsonl.gz", gzip.compress(content))
    assert last.refused is not None
    assert last.refused.seen == "more than 1,000 bytes unpacked"


def test_a_list_of_members_that_stands_elsewhere_is_not_looked_for() -> None:
    data = packed({"a.txt": PLAIN})
    at = data.rindex(b"PK\x05\x06")
    (only,) = every(data[:at] + b"PK\x06\x07" + bytes(16) + data[at:])
    assert only.refused is not None
    assert only.refused.seen == "more than 10,000 files in it"


def test_an_archive_cut_off_is_refused() -> None:
    (only,) = every(packed({"a.txt": PLAIN})[:-10])
    assert only.refused is not None


def test_an_encrypted_file_is_refused() -> None:
    data = bytearray(packed({"a.txt": PLAIN}))
    data[6] |= 1  # in its own head
    data[data.index(b"PK\x01\x02") + 8] |= 1  # in the list
    (only,) = every(bytes(data))
    assert only.refused is not None
    assert only.refused.seen == "an encrypted file"
