"""Who may do what, and what may happen to an object now. Pages, API and tests read these tables."""

from collections.abc import Mapping
from enum import StrEnum

from reviews.errors import ErrorCode, Refused
from reviews.models import (
    Job,
    JobState,
    MemberRole,
    QueueItem,
    Source,
    SourceKind,
    SourceState,
    Standing,
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
    MANAGE_SAMPLING = "manage_sampling"


_SEES = frozenset({Action.SEE_QUEUE, Action.SEE_CALLS, Action.SEE_RUBRICS})
_DECIDES = _SEES | {Action.DECIDE, Action.REVEAL, Action.REVIEW_CALLS}
ALLOWED: Mapping[MemberRole, frozenset[Action]] = {
    MemberRole.REVIEWER: _DECIDES,
    MemberRole.LEAD: _DECIDES | {Action.SEE_JOBS, Action.MANAGE_SAMPLING},
    MemberRole.RUBRIC_AUTHOR: _SEES | {Action.WRITE_RUBRICS},
    MemberRole.TENANT_ADMIN: frozenset(Action),
    MemberRole.AUDITOR: _SEES | {Action.SEE_JOBS},
    MemberRole.INTEGRATOR: frozenset({Action.SEE_JOBS}),
    MemberRole.AGENT: frozenset({Action.SEE_CALLS}),
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
    Action.MANAGE_SAMPLING: "Planning which calls are reviewed",
}


def can(role: str, action: Action) -> bool:
    return action in ALLOWED[MemberRole(role)]


def check_can(role: str, action: Action) -> None:
    """Raises NotAllowed."""
    if not can(role, action):
        raise NotAllowed(role, action)


_UNDECIDED = frozenset({Standing.OPEN, Standing.ESCALATED})
MOVES: Mapping[Verdict, tuple[frozenset[Standing], Standing]] = {
    Verdict.UPHELD: (_UNDECIDED, Standing.UPHELD),
    Verdict.DISMISSED: (_UNDECIDED, Standing.DISMISSED),
    Verdict.ESCALATED: (frozenset({Standing.OPEN}), Standing.ESCALATED),
    Verdict.REOPENED: (
        frozenset({Standing.UPHELD, Standing.DISMISSED, Standing.ESCALATED}),
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
    check_can_fetch(source)
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
