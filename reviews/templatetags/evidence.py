"""What calls and findings look like on a page: words, offsets, times, points."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from django import template
from django.utils import timezone
from django.utils.dates import MONTHS_3
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviews.detection.kinds import Check, check_document, name_of
from reviews.queries.call import Line, Place, Row
from reviews.queries.found_lines import FoundLine
from reviews.queries.lines import Said
from reviews.queries.shown import Piece
from reviews.queries.track import Bar

register = template.Library()

BAR_TOP, BAR_HEIGHT = 3, 12
"""Within the lane, in the units of the track."""
_DAY = timedelta(days=1)
_LANES = {
    "agent": gettext_lazy("Agent"),
    "customer": gettext_lazy("Customer"),
    "other": gettext_lazy("Other"),
}
_SPEAKER = gettext_lazy("Speaker")


@register.filter
def said(pieces: Iterable[Piece]) -> SafeString:
    """Words with their marks, escaped; personal data as its kind in brackets."""
    return SafeString(" ".join(map(_piece, pieces)))


def _piece(piece: Piece) -> str:
    text: str = escape(piece.text)
    if piece.is_masked:
        text = f'<span class="masked">[{text}]</span>'
    return f'<mark data-mark="{escape(piece.mark)}">{text}</mark>' if piece.mark else text


@register.filter
def listed(lines: Iterable[Line], here: int | None = None) -> SafeString:
    """The lines as items of a list, two nodes and their marks each: an hour has some 700.

    On the call's own page `here` is the line that its address asks for, -1 for none; each line
    links to its moment there, and words that were heard unclearly are counted. Not a loop in a
    template, which takes four times as long.
    """
    return SafeString("\n".join(_item(line, here) for line in lines))


def _item(line: Line, here: int | None) -> str:
    anchors = "".join(f'<a id="e{number}"></a>' for number in line.anchors)
    more, moment, focus, heard = " data-evidence" if anchors else "", "", "", ""
    if here is not None:
        moment = f"?at={line.start_ms / 1000}" if line.start_ms >= 0 else f"?line={line.index}"
        heard = _unclear(line)
        more += f' data-low="{" ".join(map(str, line.unclear))}"' if heard else ""
    if line.index == here:
        more += ' aria-current="location"'
        focus = " autofocus"  # the browser goes there, where the address names a time alone
    return (
        f'<li id="u{line.index}" data-role="{escape(line.role)}"{more}>'
        f'<a href="{moment}#u{line.index}"{focus}>'
        f"{offset(line.start_ms)}\t{escape(speaker(line))}{heard}</a> {anchors}"
        f"{said(line.pieces)}</li>"
    )


def _unclear(line: Line) -> str:
    return _("\n\t%(count)d unclear") % {"count": len(line.unclear) // 2} if line.unclear else ""


@register.filter
def found(lines: Iterable[FoundLine], call: str) -> SafeString:
    """The lines with a phrase as items; each leads to its moment on the page of `call`."""
    return SafeString("\n".join(_found(line, call) for line in lines))


def _found(line: FoundLine, call: str) -> str:
    at = line.said
    return (
        f'<li><blockquote data-role="{escape(at.role)}"><b>{escape(speaker(at))} '
        f'<a href="{escape(call)}#u{line.utterance}">{offset(at.start_ms)}</a></b> '
        f"{said(at.pieces)}</blockquote></li>"
    )


@register.filter
def lane(role: str) -> str:
    """A role in words; a role nobody knows is just a speaker."""
    return str(_LANES.get(role, _SPEAKER))


@register.filter
def speaker(line: Line | Said) -> str:
    """Who speaks: the role in words, and the label that the source gave."""
    return f"{lane(line.role)} {line.speaker}".rstrip()


@register.filter
def kind(label: str) -> str:
    """A code as words: `credit_card_number` is "credit card number"."""
    return label.replace("_", " ")


@register.filter
def check_kind(check: Check) -> str:
    return name_of(check)


@register.filter
def linked(places: Iterable[Place]) -> SafeString:
    """Links to the marks in the words; of what stands outside of them, where it stands."""
    return SafeString("".join(map(_place, places)))


def _place(place: Place) -> str:
    label = escape(kind(place.label))
    if place.field:
        return f"<span>{label} {escape(_('in %(field)s') % {'field': place.field})}</span>"
    unsure = _("(unsure)") if place.is_unsure else ""
    told = " ".join(part for part in (offset(place.start_ms), label, unsure) if part)
    return f'<a href="#e{place.number}">{told}</a>'


@register.filter
def check_text(check: Check) -> str:
    """A check as its rubric's document has it."""
    return yaml.safe_dump(check_document(check), sort_keys=False, allow_unicode=True).rstrip()


@register.filter
def of(code: str, texts: Mapping[str, str]) -> str:
    """The text of a code; the code itself where a later version no longer knows it."""
    return texts.get(code, code)


@register.filter
def offset(ms: int | None) -> str:
    """Milliseconds from the start of the call as m:ss; a dash where there is no time."""
    if ms is None or ms < 0:
        return "–"
    return f"{ms // 60_000}:{ms // 1000 % 60:02}"


@register.simple_tag
def moment(at: datetime | None, zone: str = "") -> str:
    """A date and time with its zone, in `zone` where that is known, else the current one."""
    if at is None:
        return _("not known")
    local = timezone.localtime(at, _zone(zone))
    # Not by the filter `date`, which takes ten times as long; a queue shows a hundred.
    parts = (local.day, MONTHS_3[local.month].title(), f"{local:%Y %H:%M}", local.tzname())
    shown = "\N{NO-BREAK SPACE}".join(map(str, parts))
    exact = at.isoformat(timespec="seconds")
    return SafeString(f'<time datetime="{exact}">{escape(shown)}</time>')


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):  # the source may say anything
        return None


@register.filter
def age(at: datetime) -> SafeString:
    """How long ago, in the largest unit: "4 min", "3 h", "12 d"."""
    past = max(timezone.now() - at, timedelta())
    minutes = past // timedelta(minutes=1)
    text = _("%(count)d min") % {"count": minutes}
    if past >= _DAY:
        text = _("%(count)d d") % {"count": past // _DAY}
    elif minutes >= 60:
        text = _("%(count)d h") % {"count": minutes // 60}
    return format_html('<time datetime="{}">{}</time>', at.isoformat(timespec="seconds"), text)


@register.filter
def points(value: float | None) -> str:
    """At most one decimal, none where it is 0; a dash where there is no value."""
    return "–" if value is None else f"{value:.1f}".removesuffix(".0")


@register.filter
def percent(value: float | None) -> str:
    """A part of 1 as whole per cent; a dash where there is no value."""
    return "–" if value is None else f"{value:.0%}".replace("%", " %")


@register.filter
def share(value: float, whole: float) -> str:
    """A place on a line as per cent of its length, for SVG attributes."""
    return f"{100 * value / whole:.2f}%"


@register.filter
def outline(bars: Iterable[Bar], role: str) -> str:
    """All bars of a role as the data of one path: one node, however long the call is."""
    return "".join(
        f"M{bar.x} {bar.y + BAR_TOP}h{bar.width}v{BAR_HEIGHT}h-{bar.width}z"
        for bar in bars
        if bar.role == role
    )


@register.filter
def having(rows: Sequence[Row], result: str) -> list[Row]:
    """The rules of a scorecard with this result."""
    return [row for row in rows if row.result == result]


@register.filter
def severity(value: str) -> SafeString:
    """A badge: its shape and its word say the same as its colour."""
    words = {
        "critical": _("Critical"),
        "high": _("High"),
        "medium": _("Medium"),
        "low": _("Low"),
        "info": _("Info"),
    }
    return format_html(
        '<span class="severity" data-severity="{}">{}</span>', value, words.get(value, value)
    )
