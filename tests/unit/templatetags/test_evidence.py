"""How calls and findings are shown: escaped, masked, with times that name their zone."""

from datetime import UTC, datetime, timedelta

import pytest
import yaml
from django.utils import timezone

from reviews.detection.rubric import parse_rubric
from reviews.detection.scoring import Result
from reviews.queries.call import Line, Row
from reviews.queries.lines import Said
from reviews.queries.shown import Piece
from reviews.queries.track import Bar
from reviews.templatetags import evidence

AT = datetime(2026, 11, 20, 20, 2, 5, tzinfo=UTC)
HOSTILE = "<script>alert('1')</script>&\"{{ x }}"
ESCAPED = "&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt;&amp;&quot;{{ x }}"


def test_words_are_shown_in_order_with_their_marks() -> None:
    shown = evidence.said((Piece("your rate"), Piece("won't go", "hit"), Piece("up")))
    assert shown == 'your rate <mark data-mark="hit">won&#x27;t go</mark> up'


@pytest.mark.parametrize("piece", [Piece(HOSTILE), Piece(HOSTILE, "hit")])
def test_words_of_a_call_are_inert(piece: Piece) -> None:
    shown = evidence.said((piece,))
    assert ESCAPED in shown
    assert "<script" not in shown


def test_a_hostile_mark_is_inert() -> None:
    assert '"><b' not in evidence.said((Piece("x", '"><b'),))


def test_personal_data_is_shown_as_its_kind() -> None:
    shown = evidence.said((Piece("phone number", is_masked=True),))
    assert shown == '<span class="masked">[phone number]</span>'


def test_personal_data_may_be_marked_too() -> None:
    shown = evidence.said((Piece("phone number", "good", is_masked=True),))
    assert shown == '<mark data-mark="good"><span class="masked">[phone number]</span></mark>'


def test_lines_are_a_list_with_the_anchors_of_their_evidence() -> None:
    said = (Piece("do"), Piece("not go", "hit"))
    shown = evidence.listed([Line(7, "agent", HOSTILE, 61_000, 62_000, said, (3,))])
    assert shown == (
        '<li id="u7" data-role="agent" data-evidence><a href="#u7">1:01\tAgent '
        f'{ESCAPED}</a> <a id="e3"></a>do <mark data-mark="hit">not go</mark></li>'
    )


def test_on_the_calls_page_a_line_links_to_its_moment_and_counts_what_is_unclear() -> None:
    line = Line(2, "agent", "A", 95_412, 96_000, (Piece("hello there"),), (), (6, 5))
    there, elsewhere = evidence.listed([line], 2), evidence.listed([line], -1)
    assert there == (
        '<li id="u2" data-role="agent" data-low="6 5" aria-current="location">'
        '<a href="?at=95.412#u2" autofocus>1:35\tAgent A\n\t1 unclear</a> hello there</li>'
    )
    assert "autofocus" not in elsewhere
    assert "aria-current" not in elsewhere


def test_a_line_without_a_time_links_to_itself() -> None:
    line = Line(2, "agent", "A", -1, -1, (Piece("hello"),), ())
    assert '<a href="?line=2#u2">' in evidence.listed([line], -1)


def test_a_line_without_evidence_has_no_mark() -> None:
    shown = evidence.listed([Line(0, "agent", "A", 0, 1, (Piece("hello"),), ())])
    assert shown == '<li id="u0" data-role="agent"><a href="#u0">0:00\tAgent A</a> hello</li>'


@pytest.mark.parametrize(
    ("ms", "shown"),
    [(0, "0:00"), (59_999, "0:59"), (90_000, "1:30"), (3_723_000, "62:03"), (-1, "–"), (None, "–")],
)
def test_an_offset_is_minutes_and_seconds(ms: int | None, shown: str) -> None:
    assert evidence.offset(ms) == shown


@pytest.mark.parametrize(
    ("role", "label", "shown"),
    [
        ("agent", "A", "Agent A"),
        ("customer", "", "Customer"),
        ("other", "C", "Other C"),
        ("unknown", "B", "Speaker B"),
    ],
)
def test_a_line_says_who_speaks(role: str, label: str, shown: str) -> None:
    assert evidence.speaker(Said(role, label, 0, ())) == shown


def test_a_moment_names_its_zone() -> None:
    shown = evidence.moment(AT, "America/Chicago").replace("\N{NO-BREAK SPACE}", " ")
    assert shown == '<time datetime="2026-11-20T20:02:05+00:00">20 Nov 2026 14:02 CST</time>'


@pytest.mark.parametrize("zone", ["", "Nowhere/Here", "../../etc/passwd", "\0", "a" * 500])
def test_a_zone_that_nobody_knows_is_read_as_utc(zone: str) -> None:
    assert "UTC</time>" in evidence.moment(AT, zone)


def test_a_moment_that_is_not_known_says_so() -> None:
    assert evidence.moment(None) == "not known"


@pytest.mark.parametrize(
    ("past", "shown"),
    [
        (timedelta(minutes=-5), "0 min"),
        (timedelta(minutes=4, seconds=50), "4 min"),
        (timedelta(minutes=61), "1 h"),
        (timedelta(hours=23, minutes=59), "23 h"),
        (timedelta(days=12, hours=5), "12 d"),
    ],
)
def test_an_age_is_in_its_largest_unit(past: timedelta, shown: str) -> None:
    assert f">{shown}</time>" in evidence.age(timezone.now() - past)


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "–"), (0.0, "0"), (12.5, "12.5"), (33.3333, "33.3"), (100.0, "100")]
)
def test_points_have_at_most_one_decimal(value: float | None, shown: str) -> None:
    assert evidence.points(value) == shown


def test_a_place_on_the_track_is_a_share_of_its_width() -> None:
    assert evidence.share(250.5, 1000) == "25.05%"


def test_the_bars_of_a_role_are_one_path() -> None:
    bars = (Bar(0, 0, 2.5, "agent"), Bar(4, 18, 1, "customer"), Bar(9.5, 0, 3, "agent"))
    assert evidence.outline(bars, "agent") == "M0 3h2.5v12h-2.5zM9.5 3h3v12h-3z"


def row(result: Result) -> Row:
    return Row(
        rule=None,  # type: ignore[arg-type] # not looked at
        result=result,
        reviewed=result,
        calls=(),
        machine_points=0,
        reviewed_points=0,
        possible=0,
        is_unsure=False,
        places=(),
        absence=None,
        nearest=None,
        unclear=(),
        reason="",
        item=None,
        answer=None,
        is_missed=False,
    )


def test_rules_are_grouped_by_what_the_machine_found() -> None:
    failed, passed = row(Result.FAILED), row(Result.PASSED)
    assert evidence.having([passed, failed, passed], "failed") == [failed]


def test_a_severity_says_its_word() -> None:
    shown = evidence.severity("critical")
    assert shown == '<span class="severity" data-severity="critical">Critical</span>'


def test_an_unknown_severity_is_inert() -> None:
    assert "<b>" not in evidence.severity('"><b>')


def test_a_code_is_shown_as_words() -> None:
    assert evidence.kind("credit_card_number") == "credit card number"


def test_a_reason_that_is_gone_is_shown_by_its_code() -> None:
    assert evidence.of("misheard", {"misheard": "Misheard"}) == "Misheard"
    assert evidence.of("old_reason", {}) == "old_reason"


def test_a_check_that_is_no_query_is_shown_as_it_is_written() -> None:
    check = {"measure": "longest_silence", "role": "any", "over": 20.0}
    rubric = parse_rubric({"name": "x", "rules": [{"code": "a", "check": {"conduct": check}}]})
    made = rubric.rules[0].check
    assert evidence.check_kind(made) == "conduct"
    assert yaml.safe_load(evidence.check_text(made)) == {"conduct": check}
