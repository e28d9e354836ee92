"""Recordings: which addresses name the same one, and a nonce that comes back in ours."""

import pytest

from reviews.sources import recordings

NONCE = "n-" + "x" * 30
SAME = [
    "https://a.test/x.wav?id=7",
    "https://A.test/x.wav?id=7",
    "https://a.test/x.wav?id=7&X-Amz-Signature=1&X-Amz-Date=2",
    "https://a.test/x.wav?Expires=1&Signature=2&Key-Pair-Id=3&id=7",
    "https://a.test/x.wav?sv=1&se=2&sr=b&sp=r&sig=3&id=7",
]
OTHER = ["https://a.test/x.wav", "https://a.test/x.wav?id=8", "https://a.test/X.wav?id=7"]


def test_addresses_that_were_signed_anew_name_the_same_recording() -> None:
    assert len({recordings.identity(url) for url in SAME}) == 1
    assert len({recordings.identity(url) for url in [SAME[0], *OTHER]}) == 4


def test_what_goes_out_in_our_address_comes_back() -> None:
    told = {"agent": "Zoë & Søn?=#", "call_at": "2026-01-31T08:00:00+01:00", "call_id": "a:1/2"}
    url = recordings.webhook_url("https://v.test/hooks/1/2", nonce=NONCE, metadata=told)
    assert url.isascii()
    assert recordings.nonce_of(url) == NONCE
    laid = recordings.told_of(told)
    assert laid.metadata.agent == "Zoë & Søn?=#"
    assert laid.crm_ids == {"call_id": "a:1/2"}


@pytest.mark.parametrize(
    "url",
    [
        None, "", "https://[", "https://v.test/?nonce=", "https://v.test/?nonce=short",
        f"https://v.test/?nonce={NONCE}&nonce={NONCE}", f"https://v.test/?nonce={NONCE}%00",
        "https://v.test/?" + "&".join("a=1" for _ in range(200)), f"https://v.test/#nonce={NONCE}",
    ],
)  # fmt: skip
def test_an_address_without_one_nonce_of_ours_has_none(url: str | None) -> None:
    assert recordings.nonce_of(url) == ""


def test_blank_metadata_is_as_none() -> None:
    assert recordings.check_metadata({"agent": "  ", "queue": " billing "}) == {"queue": "billing"}
    assert recordings.told_of({}).digest == ""
