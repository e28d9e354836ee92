"""Every table, one module per thing."""

from reviews.models.account import VendorAccount
from reviews.models.agent import Agent, Participant, SpeakerRole
from reviews.models.api_key import ApiKey
from reviews.models.audit_event import AuditEvent
from reviews.models.evaluation import Evaluation, Finding, FindingOutcome
from reviews.models.job import Job, JobKind, JobState
from reviews.models.judge import JudgeEndpoint
from reviews.models.listed_call import FoundBy, ListedCall, ListedState
from reviews.models.queue_item import QueueItem, Standing
from reviews.models.review import CallReview, Review, ReviewNote, Verdict
from reviews.models.route import Route, RouteKind
from reviews.models.rubric import Rubric, RubricVersion
from reviews.models.source import Source, SourceKind, SourceState
from reviews.models.tenant import MemberRole, MemberScope, Membership, MembershipTeam, Team, Tenant
from reviews.models.throttle import SignInThrottle
from reviews.models.transcript import (
    CallKind,
    Direction,
    Timing,
    Transcript,
    TranscriptState,
    Utterance,
)
from reviews.models.user import User

__all__ = [
    "Agent", "ApiKey", "AuditEvent", "CallKind", "CallReview", "Direction", "Evaluation",
    "Finding", "FindingOutcome", "FoundBy", "Job", "JobKind", "JobState", "JudgeEndpoint",
    "ListedCall", "ListedState", "MemberRole", "MemberScope", "Membership", "MembershipTeam",
    "Participant", "QueueItem", "Review", "ReviewNote", "Route", "RouteKind", "Rubric",
    "RubricVersion",
    "SignInThrottle", "Source", "SourceKind", "SourceState", "SpeakerRole", "Standing", "Team",
    "Tenant", "Timing", "Transcript", "TranscriptState", "User", "Utterance", "VendorAccount",
    "Verdict",
]  # fmt: skip
