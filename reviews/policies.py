"""Who may do what, and what may happen to an object now. Pages, API and tests read these tables."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from reviews.errors import ErrorCode, Refused
from reviews.models import (
    UNDECIDED,
    Job,
    JobState,
    MemberRole,
    QueueItem,
    Source,
    SourceKind,
    SourceState,
    Standing,
    User,
    Verdict,
)


class Action(StrEnum):
    """What a member does; each page and each button names one."""

    SEE_QUEUE = "see_queue"
    SEE_CALLS = "see_calls"
    DECIDE = "decide"
    REVEAL = "reveal"
    SEE_RUBRICS = "see_rubrics"
    SEE_JOBS = "see_jobs"
    MANAGE_SOURCES = "manage_sources"
    WRITE_RUBRICS = "write_rubrics"
    REVIEW_CALLS = "review_calls"
    MANAGE_WORK = "manage_work"
    RELEASE = "release"
    ANSWER_DISPUTES = "answer_disputes"
    SEE_OWN = "see_own"
    SEE_AUDIT = "see_audit"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_TENANT = "manage_tenant"
    MANAGE_SAMPLING = "manage_sampling"
    MANAGE_CALIBRATION = "manage_calibration"
    COACH = "coach"
    SEE_KEYS = "see_keys"
    MANAGE_KEYS = "manage_keys"
    MANAGE_HOOKS = "manage_hooks"
    MANAGE_DROPS = "manage_drops"
    MANAGE_CRM = "manage_crm"
    ERASE_CALLS = "erase_calls"


_SEES = frozenset({Action.SEE_QUEUE, Action.SEE_CALLS, Action.SEE_RUBRICS})
_DECIDES = _SEES | {
    Action.DECIDE, Action.REVEAL, Action.REVIEW_CALLS, Action.ANSWER_DISPUTES,
}  # fmt: skip
ALLOWED: Mapping[MemberRole, frozenset[Action]] = {
    MemberRole.REVIEWER: _DECIDES,
    MemberRole.LEAD: _DECIDES
    | {
        Action.SEE_JOBS,
        Action.MANAGE_WORK,
        Action.RELEASE,
        Action.MANAGE_SAMPLING,
        Action.MANAGE_CALIBRATION,
        Action.COACH,
    },
    MemberRole.RUBRIC_AUTHOR: _SEES | {Action.WRITE_RUBRICS},
    MemberRole.TENANT_ADMIN: frozenset(Action),
    MemberRole.AUDITOR: _SEES | {Action.SEE_JOBS, Action.SEE_AUDIT, Action.SEE_KEYS},
    MemberRole.INTEGRATOR: frozenset({Action.SEE_JOBS, Action.SEE_KEYS, Action.MANAGE_HOOKS}),
    MemberRole.AGENT: frozenset({Action.SEE_CALLS, Action.SEE_OWN}),
    MemberRole.CLIENT_VIEWER: frozenset({Action.SEE_CALLS}),
}


class NotAllowed(Refused):
    code = ErrorCode.NOT_ALLOWED

    def __init__(self, role: str, action: Action) -> None:
        granted = ", ".join(MemberRole(each).label for each in MemberRole if can(each, action))
        super().__init__(
            f"{WORDS[action]} is not allowed",
            f"the role {MemberRole(role).label}",
            f"Ask a tenant admin for one of these roles: {granted}.",
        )
        self.action = action


WORDS: Mapping[Action, str] = {
    Action.SEE_QUEUE: "Seeing the queue",
    Action.SEE_CALLS: "Seeing calls",
    Action.DECIDE: "Deciding findings",
    Action.REVEAL: "Revealing personal data",
    Action.SEE_RUBRICS: "Seeing rubrics",
    Action.SEE_JOBS: "Seeing jobs",
    Action.MANAGE_SOURCES: "Managing sources",
    Action.WRITE_RUBRICS: "Writing rubrics",
    Action.REVIEW_CALLS: "Reviewing whole calls",
    Action.RELEASE: "Releasing calls to their agents",
    Action.ANSWER_DISPUTES: "Answering disputes",
    Action.SEE_OWN: "Seeing own released calls",
    Action.MANAGE_WORK: "Changing hours and reasons of reviewing",
    Action.SEE_AUDIT: "Seeing the audit trail",
    Action.MANAGE_PEOPLE: "Managing people and roles",
    Action.MANAGE_TENANT: "Managing the settings of the tenant",
    Action.MANAGE_SAMPLING: "Planning which calls are reviewed",
    Action.MANAGE_CALIBRATION: "Comparing how reviewers judge the same calls",
    Action.COACH: "Coaching agents",
    Action.SEE_KEYS: "Seeing API keys",
    Action.MANAGE_KEYS: "Making, rotating and revoking API keys",
    Action.MANAGE_HOOKS: "Managing webhooks",
    Action.MANAGE_DROPS: "Managing drops for a warehouse",
    Action.MANAGE_CRM: "Managing what is written to a CRM",
    Action.ERASE_CALLS: "Erasing calls",
}


def can(role: str, action: Action) -> bool:
    return action in ALLOWED[MemberRole(role)]


def check_can(role: str, action: Action) -> None:
    """Raises NotAllowed."""
    if not can(role, action):
        raise NotAllowed(role, action)


_UNDECIDED = frozenset(UNDECIDED)
LAST_LEVEL = 2
DECIDERS: Mapping[int, frozenset[MemberRole]] = {
    1: frozenset({MemberRole.LEAD, MemberRole.TENANT_ADMIN}),
    LAST_LEVEL: frozenset({MemberRole.TENANT_ADMIN}),
}
"""Level of escalation → who decides there."""
MOVES: Mapping[Verdict, tuple[frozenset[Standing], Standing]] = {
    Verdict.UPHELD: (_UNDECIDED, Standing.UPHELD),
    Verdict.DISMISSED: (_UNDECIDED, Standing.DISMISSED),
    Verdict.ESCALATED: (_UNDECIDED, Standing.ESCALATED),
    Verdict.SECOND: (frozenset({Standing.OPEN, Standing.ESCALATED}), Standing.SECOND),
    Verdict.REOPENED: (
        frozenset(Standing) - {Standing.OPEN, Standing.SUPERSEDED},
        Standing.OPEN,
    ),
}
"""Verdict → from which standings it may be given, and where it leads."""


class NotPossible(Refused):
    code = ErrorCode.NOT_POSSIBLE


def check_can_fetch(source: Source) -> None:
    """Raises NotPossible where nothing can be fetched: calls come by files, or by their routes."""
    if source.kind == SourceKind.FILES:
        raise NotPossible(
            "Fetching is refused", "a source whose calls come by files", "Import its files."
        )
    if source.kind == SourceKind.ROUTED:
        raise NotPossible(
            "Fetching is refused",
            "a source whose calls come from a shared account",
            "Nothing to do: who runs the installation fetches them for all its tenants.",
        )


def check_has_key(source: Source) -> None:
    """Raises NotPossible as `check_can_fetch` does, and where it was disconnected."""
    check_can_fetch(source)
    if not source.sealed_key:
        raise NotPossible(
            "Asking the source is refused", "it is disconnected", "Give it a key on its page."
        )


def check_can_submit(source: Source) -> None:
    """Raises NotPossible where no recording can be sent there; a paused one is waited for."""
    if source.kind != SourceKind.ASSEMBLYAI or source.is_shared:
        raise NotPossible(
            "Submitting is refused",
            "a source that is no account of this tenant's own",
            "Choose a source with an API key; a shared account is submitted to by who runs it.",
        )


def check_can_ask(source: Source) -> None:
    """Raises NotPossible where nothing can be fetched, or nothing may be now."""
    check_has_key(source)
    if source.state == SourceState.PAUSED:
        raise NotPossible("Asking the source is refused", "it is paused", "Resume it first.")


def check_can_retry(job: Job) -> None:
    """Raises NotPossible where the job is no dead letter."""
    if job.state != JobState.DEAD:
        raise NotPossible(
            "Another try is refused",
            f"the job is {JobState(job.state).label.lower()}",
            "Only a dead letter can be tried again; load the list again.",
        )


def check_can_move(item: QueueItem, verdict: Verdict) -> None:
    """Raises NotPossible where the finding does not stand where `verdict` begins."""
    begins, _ = MOVES[verdict]
    if item.standing not in begins:
        raise NotPossible(
            f"The verdict “{verdict.label}” is refused",
            f"the finding is {Standing(item.standing).label.lower()}",
            "Load the page again to see how it stands.",
        )


_SETTLES = frozenset({Verdict.UPHELD, Verdict.DISMISSED})


def is_with_another(item: QueueItem, by: User, now: datetime) -> bool:
    return item.claimed_by_id not in (None, by.pk) and (item.claimed_until or now) > now


def check_is_theirs(
    item: QueueItem, verdict: Verdict, *, by: User, role: str, now: datetime
) -> None:
    """Raises NotPossible where somebody else is to give this verdict."""
    if is_with_another(item, by, now):
        raise NotPossible(
            "The verdict is refused",
            "somebody else has the finding in hand",
            "Wait until it is decided, or take it over first.",
        )
    if verdict in _SETTLES and item.standing == Standing.SECOND and item.asked_by_id == by.pk:
        raise NotPossible(
            "The verdict is refused",
            "a second opinion that you asked for yourself",
            "Leave it to somebody else, or take your question back.",
        )
    if item.standing == Standing.ESCALATED and verdict in _SETTLES:
        _check_level(item.level, role)
    if item.level >= LAST_LEVEL and verdict is Verdict.ESCALATED:
        raise NotPossible(
            "Escalating is refused", "it is at the last level already", "Decide it there."
        )


def _check_level(level: int, role: str) -> None:
    if level in DECIDERS and role not in DECIDERS[level]:
        who = " or ".join(sorted(each.label.lower() for each in DECIDERS[level]))
        raise NotPossible(
            "The verdict is refused", f"it was escalated to level {level}", f"Leave it to a {who}."
        )
