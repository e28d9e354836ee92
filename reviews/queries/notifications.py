"""What somebody is told, each with what it is about as far as that may still be seen."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reviews import access, notify
from reviews.models import Finding, Membership, Notice, Notification
from reviews.queries.rubrics import rubric_of

PAGE = 50


_ONE: Mapping[Notice, "str | Promise"] = {
    Notice.FINDING_ASSIGNED: _("A finding was assigned to you"),
    Notice.FINDING_TAKEN: _("A finding was taken over from you"),
    Notice.FINDING_WAITS: _("A finding was escalated, or wants a second opinion"),
    Notice.CALLS_GIVEN: _("A whole call was given to you to review"),
    Notice.CALIBRATION_GIVEN: _("A calibration set was given to you"),
    Notice.APPEAL_MADE: _("An appeal was made"),
    Notice.APPEAL_ANSWERED: _("Your appeal was answered"),
    Notice.CALL_RELEASED: _("A call was released to you"),
    Notice.COACHING_GIVEN: _("Coaching was given to you"),
    Notice.COACHING_READ: _("Your coaching was read by its agent"),
    Notice.VERSION_WAITS: _("A rubric waits for a second person"),
    Notice.SOURCE_STOPPED: _("A source stopped: its key was refused"),
    Notice.KEY_ENDS: _("An API key that is in use ends soon: rotate it"),
    Notice.HOOK_OFF: _("A webhook was turned off"),
    Notice.CRM_OFF: _("A CRM connection went off"),
    Notice.FORWARD_OFF: _("A forwarding rule was turned off"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """`what` is None where it is gone, or no longer the reader's to see."""

    row: Notification
    what: str | None

    @property
    def words(self) -> str:
        kind = Notice(self.row.kind)
        return str(kind.label if self.row.count > 1 else _ONE[kind])


@dataclass(frozen=True, slots=True)
class NotificationPage:
    rows: Sequence[Shown]
    next: UUID | None
    """Where the next page begins."""


def page(membership: Membership, *, after: UUID | None, is_unread: bool) -> NotificationPage:
    """The newest first. One SQL query, and one for each kind that is on the page."""
    rows = access.visible_notifications(membership).order_by("-pk")
    if is_unread:
        rows = rows.filter(read_at=None)
    if after:
        rows = rows.filter(pk__lt=after)
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    names = _names(membership, shown)
    return NotificationPage(
        [Shown(each, names.get((each.kind, each.about_id))) for each in shown],
        shown[-1].pk if len(found) > PAGE else None,
    )


def about(membership: Membership, row: Notification) -> Any:
    """The object; None where it is gone, or no longer the reader's to see."""
    return _rows(Notice(row.kind), membership, [row.about_id]).first()


def _names(membership: Membership, rows: Iterable[Notification]) -> dict[tuple[str, UUID], str]:
    wanted: dict[Notice, list[UUID]] = {}
    for row in rows:
        wanted.setdefault(Notice(row.kind), []).append(row.about_id)
    return {
        (kind, each.pk): _READ[kind].name(each)
        for kind, ids in wanted.items()
        for each in _rows(kind, membership, ids)
    }


def _rows(kind: Notice, membership: Membership, ids: Sequence[UUID]) -> "QuerySet[Any]":
    read = _READ[kind]
    rows = notify.visible(kind, membership).filter(pk__in=ids).defer(*read.large)
    return rows.select_related(read.joined) if read.joined else rows


@dataclass(frozen=True, slots=True)
class _Read:
    """How an object is read, and what it is called; `large` is not read."""

    name: Callable[[Any], str]
    joined: str = ""
    large: tuple[str, ...] = ()


def _rule(finding: Finding) -> str:
    rubric = rubric_of(finding.tenant_id, finding.evaluation.rubric_version_id)
    titles = {rule.code: rule.title for rule in rubric.rules}
    return titles.get(finding.rule_code) or finding.rule_code


_OF_FINDING = _Read(_rule, "evaluation", ("evaluation__results",))
_OF_APPEAL = _Read(
    lambda row: _rule(row.finding), "finding__evaluation", ("finding__evaluation__results",)
)
_OF_COACHING = _Read(lambda row: str(row.rubric.name), "rubric")
_READ: Mapping[Notice, _Read] = {
    Notice.FINDING_ASSIGNED: _OF_FINDING,
    Notice.FINDING_TAKEN: _OF_FINDING,
    Notice.FINDING_WAITS: _OF_FINDING,
    Notice.CALLS_GIVEN: _Read(lambda draw: str(draw.plan.name), "plan"),
    Notice.CALIBRATION_GIVEN: _Read(lambda row: str(row.name)),
    Notice.APPEAL_MADE: _OF_APPEAL,
    Notice.APPEAL_ANSWERED: _OF_APPEAL,
    Notice.CALL_RELEASED: _Read(lambda call: str(call.external_id), large=("payload",)),
    Notice.COACHING_GIVEN: _OF_COACHING,
    Notice.COACHING_READ: _OF_COACHING,
    Notice.VERSION_WAITS: _Read(lambda draft: str(draft.rubric.name), "rubric", ("document",)),
    Notice.SOURCE_STOPPED: _Read(lambda source: str(source.name)),
    Notice.KEY_ENDS: _Read(lambda key: str(key.name)),
    Notice.HOOK_OFF: _Read(lambda hook: str(hook.name)),
    Notice.CRM_OFF: _Read(lambda connection: str(connection.name)),
    Notice.FORWARD_OFF: _Read(lambda forward: str(forward.name)),
}
