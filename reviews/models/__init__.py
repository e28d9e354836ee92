"""Every table, one module per thing."""

from reviews.models.account import VendorAccount
from reviews.models.agent import Agent, Participant, SpeakerRole
from reviews.models.api_answer import ApiAnswer
from reviews.models.api_key import ApiKey
from reviews.models.assignment import AssignedCall, Assignment
from reviews.models.audio import Audio, AudioKind, AudioState
from reviews.models.audit_event import AuditEvent
from reviews.models.backtest import Backtest, BacktestHit, BacktestTally, HitKind, Judgement, Origin
from reviews.models.calibration import CalibrationCall, CalibrationSeat, CalibrationSet
from reviews.models.call_review import (
    CallReview,
    CallReviewAnswer,
    CallReviewComment,
    CallReviewDraft,
    CallReviewRule,
)
from reviews.models.call_words import CallWords
from reviews.models.coaching import Coaching, CoachingMoment, CoachingNote
from reviews.models.crm import (
    CrmConnection,
    CrmField,
    CrmRecord,
    CrmRecordState,
    CrmRun,
    CrmSignIn,
    CrmState,
    CrmSystem,
)
from reviews.models.dispute import Dispute, DisputeNote, DisputeState, DisputeTerms, Release
from reviews.models.draft import Draft
from reviews.models.drop import Drop, DropForm, DropRun, DropTarget
from reviews.models.evaluation import Evaluation, Finding, FindingOutcome
from reviews.models.external_id import ExternalId, ExternalKind, ExternalSystem
from reviews.models.forward import (
    Forward,
    Forwarded,
    ForwardState,
    ForwardWay,
    Trigger,
)
from reviews.models.hook import (
    Delivery,
    DeliveryState,
    Event,
    EventKind,
    Hook,
    HookOrigin,
    HookState,
)
from reviews.models.job import Job, JobKind, JobState
from reviews.models.judge import JudgeEndpoint
from reviews.models.key_use import KeyUse
from reviews.models.listed_call import FoundBy, ListedCall, ListedState
from reviews.models.manual_finding import ManualFinding, ManualFindingNote
from reviews.models.notification import Notice, Notification
from reviews.models.queue_item import UNDECIDED, QueueItem, Standing
from reviews.models.review import Review, ReviewNote, Verdict
from reviews.models.route import Route, RouteKind
from reviews.models.rubric import Rubric, RubricVersion
from reviews.models.sampling import (
    Draw,
    DrawnCall,
    ReviewTask,
    SamplingPlan,
    Stratum,
    TaskState,
    Way,
)
from reviews.models.source import AudioMode, Source, SourceKind, SourceState
from reviews.models.submission import RecordingPart, Submission, SubmissionState
from reviews.models.suppression import SuppressedBy, Suppression
from reviews.models.tenant import MemberRole, MemberScope, Membership, MembershipTeam, Team, Tenant
from reviews.models.throttle import SignInThrottle
from reviews.models.tombstone import GoneKind, Tombstone
from reviews.models.transcript import (
    CallKind,
    Direction,
    Timing,
    Transcript,
    TranscriptState,
    Utterance,
)
from reviews.models.user import Density, User
from reviews.models.work import DismissalReason, SavedView, WorkingHours

__all__ = [
    "UNDECIDED", "Agent", "ApiAnswer", "ApiKey", "AssignedCall", "Assignment", "Audio",
    "AudioKind", "AudioMode", "AudioState", "AuditEvent", "Backtest", "BacktestHit",
    "BacktestTally", "CalibrationCall", "CalibrationSeat", "CalibrationSet", "CallKind",
    "CallReview", "CallReviewAnswer", "CallReviewComment", "CallReviewDraft", "CallReviewRule",
    "CallWords", "Coaching", "CoachingMoment", "CoachingNote", "CrmConnection", "CrmField",
    "CrmRecord", "CrmRecordState", "CrmRun", "CrmSignIn", "CrmState", "CrmSystem", "Delivery",
    "DeliveryState", "Density", "Direction", "DismissalReason", "Dispute", "DisputeNote",
    "DisputeState", "DisputeTerms", "Draft", "Draw", "DrawnCall", "Drop", "DropForm", "DropRun",
    "DropTarget", "Evaluation", "Event", "EventKind", "ExternalId", "ExternalKind",
    "ExternalSystem", "Finding", "FindingOutcome", "Forward", "ForwardState", "ForwardWay",
    "Forwarded", "FoundBy", "GoneKind", "HitKind", "Hook", "HookOrigin", "HookState", "Job",
    "JobKind", "JobState", "JudgeEndpoint", "Judgement", "KeyUse", "ListedCall", "ListedState",
    "ManualFinding", "ManualFindingNote", "MemberRole", "MemberScope", "Membership",
    "MembershipTeam", "Notice", "Notification", "Origin", "Participant", "QueueItem",
    "RecordingPart", "Release", "Review", "ReviewNote", "ReviewTask", "Route", "RouteKind",
    "Rubric", "RubricVersion", "SamplingPlan", "SavedView", "SignInThrottle", "Source",
    "SourceKind", "SourceState", "SpeakerRole", "Standing", "Stratum", "Submission",
    "SubmissionState", "SuppressedBy", "Suppression", "TaskState", "Team", "Tenant", "Timing",
    "Tombstone", "Transcript", "TranscriptState", "Trigger", "User", "Utterance", "VendorAccount",
    "Verdict", "Way", "WorkingHours",
]  # fmt: skip
