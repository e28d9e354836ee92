import json
from datetime import datetime
from time import perf_counter
from urllib.parse import parse_qs, urlsplit

import pytest

from reviews.demo.build import TENANTS, DemoCall, accounts, calls, rubric

MADE = calls(60, 7)
RESULTS = {"passed", "failed", "not_assessable", "not_applicable"}


def heard(call: DemoCall) -> str:
    return " ".join((call.payload["text"] or "").split())


@pytest.mark.parametrize("call", MADE, ids=lambda call: call.script)
def test_call_has_a_truth_for_every_rule_when_built(call: DemoCall) -> None:
    codes = [rule["code"] for rule in rubric(call.tenant)["rules"]]
    assert list(call.truth) == codes
    assert {truth.result for truth in call.truth.values()} <= RESULTS


@pytest.mark.parametrize("call", MADE, ids=lambda call: call.script)
def test_call_holds_the_words_of_its_truth_when_built(call: DemoCall) -> None:
    for truth in call.truth.values():
        assert truth.quote in heard(call)


@pytest.mark.parametrize("call", MADE, ids=lambda call: call.script)
def test_call_has_words_in_order_when_built(call: DemoCall) -> None:
    words = call.payload["words"] or []
    times = [time for word in words for time in (word["start"], word["end"])]
    assert times == sorted(times)
    assert heard(call) == " ".join(word["text"] for word in words)
    assert "{" not in heard(call)


def test_calls_are_the_same_when_count_and_seed_are() -> None:
    assert json.dumps([call.payload for call in calls(20, 3)]) == json.dumps(
        [call.payload for call in calls(20, 3)]
    )
    assert calls(20, 3) != calls(20, 4)


def test_calls_begin_alike_when_more_are_asked_for() -> None:
    assert calls(30, 3)[:20] == calls(20, 3)


def test_calls_have_ids_of_their_own_when_there_are_many() -> None:
    assert len({call.id for call in MADE}) == len(MADE)


def test_calls_are_made_in_three_seconds_when_there_are_300() -> None:
    began = perf_counter()
    assert len(calls(300, 1)) == 300
    assert perf_counter() - began < 3


def test_written_calls_last_two_to_eight_minutes_when_people_talk() -> None:
    lengths = {call.script: call.payload["audio_duration"] for call in MADE[:12]}
    short = {"mc_voicemail", "hw_wrong_number", "nc_errored"}
    assert all(120 <= lengths[script] <= 480 for script in lengths.keys() - short)
    assert 5 <= lengths["hw_wrong_number"] <= 7
    assert lengths["nc_errored"] is None


def test_accounts_hold_every_call_under_its_key_when_built() -> None:
    held = accounts(12, 7)
    assert list(held) == [f"sandbox-{tenant}" for tenant in TENANTS]
    assert sum(map(len, held.values())) == 12


@pytest.mark.parametrize("call", MADE[:12], ids=lambda call: call.script)
def test_call_carries_its_own_facts_when_built(call: DemoCall) -> None:
    query = parse_qs(urlsplit(call.payload["webhook_url"]).query)
    assert datetime.fromisoformat(query["call_at"][0]).utcoffset() is not None
    assert query["kind"][0] in {"live", "voicemail", "no_conversation"}
    assert {"direction", "queue", "product", "region", "zone", "notice"} <= query.keys()


def test_content_safety_points_at_the_words_when_a_threat_is_made() -> None:
    (threat,) = [call.payload for call in MADE[:12] if call.script == "nc_threat"]
    (result,) = threat["content_safety_labels"]["results"]
    ends = [at for at, word in enumerate(threat["words"]) if word["text"][-1] in ".?!"]
    first, last = result["sentences_idx_start"], result["sentences_idx_end"]
    words = threat["words"][ends[first - 1] + 1 : ends[last] + 1]
    assert result["text"] == " ".join(word["text"] for word in words)


def test_rubric_is_refused_when_the_tenant_is_unknown() -> None:
    with pytest.raises(KeyError, match="nobody"):
        rubric("nobody")
