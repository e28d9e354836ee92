"""The rows of the queue, fifty at a time: a template for them took four times as long."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from uuid import UUID

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews.models import Standing
from reviews.models.queue_item import UNDECIDED
from reviews.queries.queue import QueueRow
from reviews.templatetags.addresses import address
from reviews.templatetags.evidence import age, kind, moment, offset, said, severity, speaker

register = template.Library()


@dataclass(frozen=True, slots=True)
class _Page:
    """What the rows share. `opened`: the template that shows more of a finding, and of which."""

    context: template.Context
    slug: str
    can_decide: bool
    token: str
    here: str
    asked: str
    keys: Mapping[str, str]
    opened: Mapping[str, UUID | None]

    def address(self, name: str, row_id: UUID) -> str:
        return address(name, self.slug, row_id)

    def key(self, action: str) -> str:
        return f'aria-keyshortcuts="{escape(self.keys.get(action, ""))}"'


@register.simple_tag(takes_context=True)
def queue_rows(context: template.Context, rows: Iterable[QueueRow]) -> SafeString:
    """Each an item of the table, with its verdict as a form of its own."""
    token = context["csrf_token"]
    page = _Page(
        context=context,
        slug=context["member"].tenant.slug,
        can_decide=context["can"]["decide"],
        token=format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token),
        here=escape(context["request"].get_full_path()),
        asked=escape(context["asked"]),
        keys=context["shortcut"],
        opened={"_dismissal.html": context["dismissing"], "_more.html": context["more"]},
    )
    return SafeString("\n".join(_row(page, row) for row in rows))


def _row(page: _Page, row: QueueRow) -> str:
    hand = page.address("finding-hand", row.finding_id)
    return (
        f'<tr id="f-{row.finding_id}" data-item data-hand="{hand}" tabindex="-1">'
        f"{_pick(row) if page.can_decide else ''}<td>{severity(row.severity)}</td>"
        f'<td class="finding">{_finding(page, row)}</td><td class="who">{_who(row)}</td>'
        f'<td class="wait small">{"<br>".join(_waits(row))}</td><td>{_verdict(page, row)}</td></tr>'
    )


def _pick(row: QueueRow) -> str:
    label = escape(_("Choose %(title)s") % {"title": row.title})
    return (
        '<td class="pick"><input type="checkbox" form="bulk" name="pick" '
        f'value="{row.finding_id}:{row.sequence}" aria-label="{label}"></td>'
    )


def _finding(page: _Page, row: QueueRow) -> str:
    call = page.address("call-detail", row.transcript_id)
    parts = [
        f'<a class="strong" href="{call}#f-{row.finding_id}" data-open>{escape(row.title)}</a>'
    ]
    if row.is_unsure:
        parts.append(f' <span class="tag">{_("Unsure")}</span>')
    if row.is_absent:
        parts.append(f"<p>{_absence(row)}</p>")
    if row.said:
        line = row.said
        parts.append(
            f'<blockquote data-role="{escape(line.role)}"><b>{escape(speaker(line))} '
            f"{offset(line.start_ms)}</b> {said(line.pieces)}</blockquote>"
        )
    elif not row.is_absent:
        parts.append(f"<p>{escape(_elsewhere(row))}</p>")
    if row.why:
        is_open = "" if row.said else " open"
        parts.append(
            f'<details class="why"{is_open}><summary>{_("Why")}</summary>'
            f"<p>{escape(row.why)}</p></details>"
        )
    return "".join(parts)


def _absence(row: QueueRow) -> str:
    until = _("Not said")
    if row.searched_to_ms is not None:
        until = _("Not said by %(at)s") % {"at": offset(row.searched_to_ms)}
    return until + (_("; nearest:") if row.said else _("; nothing came near."))


def _elsewhere(row: QueueRow) -> str:
    if row.calls:
        rests = ngettext("Rests on %(n)s earlier call", "Rests on %(n)s earlier calls", row.calls)
        return rests % {"n": row.calls}
    return f"{kind(row.label)} " + _("in %(field)s") % {"field": row.field}


def _who(row: QueueRow) -> str:
    at = moment(row.call_at) if row.call_at else _quiet(_("no time given"))
    return f'{escape(row.agent) or "–"}<br><span class="small">{at}</span>'


def _waits(row: QueueRow) -> Iterable[str]:
    yield age(row.found_at)
    if row.due_at:
        is_late = row.is_overdue
        due = f'<b class="late">{_("overdue since")}</b>' if is_late else _quiet(_("due"))
        yield f"{due} {moment(row.due_at)}"
    if row.held_until:
        yield f'<span class="tag">{_("put off to")} {moment(row.held_until)}</span>'
    if row.assigned_to:
        yield escape(_("for %(who)s") % {"who": row.assigned_to})
    if row.claimed_by:
        has_it = escape(_("%(who)s has it") % {"who": row.claimed_by})
        yield f'<span class="tag">{has_it}</span>'


def _quiet(text: str) -> str:
    return f'<span class="quiet">{text}</span>'


def _verdict(page: _Page, row: QueueRow) -> str:
    decided = _decided(row) if row.decided_by and row.standing != Standing.OPEN else ""
    if not page.can_decide or row.standing == Standing.SUPERSEDED:
        return decided
    to = page.address("finding-decide", row.finding_id)
    buttons = _buttons(page, row) if row.standing in UNDECIDED else ""
    if row.standing != Standing.OPEN:
        is_hit = row.standing == Standing.SUPPRESSED
        back = _("Flag it after all") if is_hit else _("Undo")
        buttons += f'<button class="button" name="verdict" value="reopened">{back}</button>'
    opened = [
        _opened(page, row, to, name) for name, of in page.opened.items() if of == row.finding_id
    ]
    return (
        f'{decided}<form class="decide" method="post" action="{to}" hx-boost="true">{page.token}'
        f'<input type="hidden" name="sequence" value="{row.sequence}">'
        f'<input type="hidden" name="next" value="{page.here}">{buttons}</form>{"".join(opened)}'
    )


def _decided(row: QueueRow) -> str:
    said = [f"<b>{escape(str(row.standing.label))}</b>"]
    if row.lowered_to:
        said.append(escape(_("as %(severity)s") % {"severity": row.lowered_to.title()}))
    if row.level:
        said.append(_("to level %(level)s") % {"level": row.level})
    by = escape(_("by %(by)s") % {"by": row.decided_by})
    said.append(_quiet(f"{by} {moment(row.decided_at)}"))
    return f'<p class="decided">{" ".join(said)}</p>'


def _buttons(page: _Page, row: QueueRow) -> str:
    dismiss, more = (f"{page.asked}{each}={row.finding_id}" for each in ("dismiss", "more"))
    return (
        f'<button class="button" name="verdict" value="upheld" {page.key("uphold")}>'
        f"{_('Confirm')}</button>\n"
        f'<a class="button" href="{dismiss}#f-{row.finding_id}" data-dismiss '
        f"{page.key('dismiss')}>{_('Dismiss…')}</a>\n"
        f'<button class="button" name="verdict" value="escalated" {page.key("escalate")}>'
        f"{_('Escalate')}</button>\n"
        f'<a class="button" data-kind="plain" href="{more}#f-{row.finding_id}" data-more '
        f'hx-boost="true" {page.key("more")}>{_("More…")}</a>\n'
    )


def _opened(page: _Page, row: QueueRow, to: str, name: str) -> str:
    """Of one row at the most, so a template draws it."""
    drawn = page.context.template.engine.get_template(f"queue/{name}")  # type: ignore[union-attr] # it is being rendered
    given = {"row": row, "address": to, "sequence": row.sequence}
    with page.context.push(**given, next=page.context["request"].get_full_path()):
        return str(drawn.render(page.context))
