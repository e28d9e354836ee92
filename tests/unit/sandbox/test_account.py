"""One account: order, tombstones, copies."""

from typing import Any

from reviews.sandbox.account import Account


def _ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


def test_page_is_newest_first_by_creation() -> None:
    created = {"a": "2026-01-02T00:00:00", "b": "2026-01-03T00:00:00", "c": "2026-01-01T00:00:00"}
    account = Account([{"id": key, "created": at} for key, at in created.items()])
    rows, has_older = account.page({}, 2)
    assert (_ids(rows), has_older) == (["b", "a"], True)


def test_page_stands_still_while_newer_transcripts_arrive() -> None:
    account = Account([{"id": key} for key in "abc"])
    first, _ = account.page({}, 1)
    account.submit({"audio_url": "https://a.example/1.wav"})
    rows, has_older = account.page({"before_id": first[0]["id"]}, 5)
    assert (_ids(rows), has_older) == (["b", "a"], False)


def test_delete_leaves_id_status_and_duration() -> None:
    account = Account([{"id": "a", "audio_duration": 390, "text": "Hi.", "utterances": []}])
    gone = account.delete("a")
    assert gone == {
        "id": "a",
        "status": "completed",
        "audio_duration": 390,
        "language_code": None,
        "confidence": None,
        "text": "Deleted by user.",
        "utterances": None,
        "audio_url": "http://deleted_by_user",
        "webhook_url": "http://deleted_by_user",
    }
    assert account.delete("a") == gone


def test_get_hands_out_a_copy() -> None:
    account = Account([{"id": "a", "words": [{"text": "Hi."}]}])
    first = account.get("a")
    assert first is not None
    first["words"].clear()
    assert account.get("a") != first


def test_the_vendors_library_gets_whole_numbers_and_channels_as_text() -> None:
    word = {"text": "Hi.", "start": 1.0, "end": 2.6, "channel": 1}
    account = Account([{"id": "a", "audio_duration": 281.4, "utterances": [{"words": [word]}]}])
    row = account.get("a")
    assert row is not None
    assert row["audio_duration"] == 281
    assert row["utterances"][0]["words"] == [word | {"start": 1, "end": 3, "channel": "1"}]
