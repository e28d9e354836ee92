"""What goes wrong at a vendor, chosen by a seed: a correct client ends with the truth all the same.

A fault is over soon: a target is hit at most so many times, and then it answers truly. What is
taken away for good (a deletion, an expiry) is counted in `gone`, what arrives in `added`.
"""

import threading
from collections import Counter
from collections.abc import Collection, Mapping
from enum import StrEnum
from random import Random

from reviews.sandbox import scene as effects
from reviews.sandbox.answers import Answer, Trouble
from reviews.sandbox.scene import Effect, Scene


class FaultKind(StrEnum):
    """Each with what a client sees of it."""

    LIMITED_SECONDS = "429, wait so many seconds"
    LIMITED_DATE = "429, wait until a date"
    LIMITED_BARE = "429, no word of how long"
    LIMITED_ABSURD = "429, wait for 10^9 seconds"
    LIMITED_NEGATIVE = "429, wait less than nothing"
    LIMITED_GARBAGE = "429, wait for a word that is no time"
    CLOCK_SKEW = "429, wait until a date of a clock that is an hour off"
    QUOTA_CUT = "429 for several requests in a row"
    KEY_REVOKED = "401 for a good key, which is restored"
    SERVER_ERROR = "500 with JSON"
    BAD_GATEWAY = "502 with a page of HTML"
    UNAVAILABLE = "503 without a body"
    GATEWAY_TIMEOUT = "504 without a body"
    CONNECT_TIMEOUT = "no connection in time"
    CONNECT_REFUSED = "the connection is refused"
    TLS_ERROR = "the certificate is refused"
    READ_TIMEOUT = "the request is taken, nothing comes back"
    SLOW_DRIP = "one byte a second"
    RESET = "the connection is reset after some bytes"
    CUT_BODY = "fewer bytes than announced"
    ENDLESS_BODY = "chunks without an end"
    BAD_GZIP = "said to be gzip, and is not"
    WRONG_CONTENT_TYPE = "JSON that is called HTML"
    HTML_BODY = "200 with a page of HTML"
    EMPTY_BODY = "200 with nothing"
    TRUNCATED_JSON = "JSON that breaks off"
    PAGE_LOOP = "the older page is the page itself"
    FOREIGN_LINK = "the older page is at another origin"
    PAGE_SHRINKS = "a page has fewer rows than asked for, and older ones remain"
    PAGE_GROWS = "a call arrives while the page is read"
    DUPLICATE_ITEMS = "a row stands twice on a page"
    OUT_OF_ORDER = "the rows of a page are shuffled"
    GONE_400 = "a listed transcript is not known any more"
    GONE_404 = "the same, with the status others use for it"
    TOMBSTONE = "a listed transcript was deleted"
    STATUS_BACK = "completed is processing again"
    STATUS_UNKNOWN = "a status nobody knows, before the end"
    MISSING_FIELD = "a field that said nothing is left out"
    EXTRA_FIELD = "a field nobody knows"
    RETYPED_FIELD = "numbers as text, a time in words"
    HOOK_BEFORE_LIST = "the webhook comes before the list shows the call"
    LIST_BEFORE_HOOK = "the webhook comes a minute late"
    HOOK_LOST = "the webhook never comes"
    HOOK_DUPLICATED = "the webhook comes ten times"
    HOOK_REORDERED = "the webhook comes after the next one"
    HOOK_UNKNOWN_ID = "a webhook comes for an id that nobody knows"
    AUDIO_LATE = "the redacted audio is not ready yet"
    AUDIO_EXPIRED = "the redacted audio is over"


_EFFECTS: Mapping[FaultKind, Effect] = {
    FaultKind.LIMITED_SECONDS: effects.refused(429, "2"),
    FaultKind.LIMITED_DATE: effects.late_date,
    FaultKind.LIMITED_BARE: effects.refused(429),
    FaultKind.LIMITED_ABSURD: effects.refused(429, "1000000000"),
    FaultKind.LIMITED_NEGATIVE: effects.refused(429, "-5"),
    FaultKind.LIMITED_GARBAGE: effects.refused(429, "soon"),
    FaultKind.CLOCK_SKEW: effects.skewed_date,
    FaultKind.QUOTA_CUT: effects.refused(429, "1"),
    FaultKind.KEY_REVOKED: effects.key_refused,
    FaultKind.SERVER_ERROR: effects.refused(500),
    FaultKind.BAD_GATEWAY: effects.html_gateway,
    FaultKind.UNAVAILABLE: effects.refused(503),
    FaultKind.GATEWAY_TIMEOUT: effects.refused(504),
    FaultKind.READ_TIMEOUT: effects.trouble(Trouble.SILENCE),
    FaultKind.SLOW_DRIP: effects.trouble(Trouble.DRIP),
    FaultKind.RESET: effects.trouble(Trouble.RESET),
    FaultKind.CUT_BODY: effects.trouble(Trouble.CUT),
    FaultKind.ENDLESS_BODY: effects.trouble(Trouble.ENDLESS),
    FaultKind.BAD_GZIP: effects.bad_gzip,
    FaultKind.WRONG_CONTENT_TYPE: effects.wrong_kind,
    FaultKind.HTML_BODY: effects.html_page,
    FaultKind.EMPTY_BODY: effects.no_body,
    FaultKind.TRUNCATED_JSON: effects.half_json,
    FaultKind.PAGE_LOOP: effects.page_loop,
    FaultKind.FOREIGN_LINK: effects.foreign_link,
    FaultKind.PAGE_SHRINKS: effects.page_shrinks,
    FaultKind.PAGE_GROWS: effects.page_grows,
    FaultKind.DUPLICATE_ITEMS: effects.twice,
    FaultKind.OUT_OF_ORDER: effects.shuffled,
    FaultKind.GONE_400: effects.gone_400,
    FaultKind.GONE_404: effects.gone_404,
    FaultKind.TOMBSTONE: effects.buried,
    FaultKind.STATUS_BACK: effects.status_back,
    FaultKind.STATUS_UNKNOWN: effects.status_unknown,
    FaultKind.MISSING_FIELD: effects.missing,
    FaultKind.EXTRA_FIELD: effects.extra,
    FaultKind.RETYPED_FIELD: effects.retyped,
    FaultKind.AUDIO_LATE: effects.audio_late,
    FaultKind.AUDIO_EXPIRED: effects.audio_expired,
}
CONNECTION = (FaultKind.CONNECT_TIMEOUT, FaultKind.CONNECT_REFUSED, FaultKind.TLS_ERROR)
HOOKS = tuple(kind for kind in FaultKind if "HOOK" in kind.name and kind != FaultKind.HOOK_LOST)
_CONNECTION_SHARE = 0.1
_IN_A_ROW = {FaultKind.QUOTA_CUT: 3, FaultKind.KEY_REVOKED: 2}
ALL = frozenset(FaultKind)


class FaultScript:
    """The same seed and the same requests in the same order give the same faults.

    Of the kinds that can happen to a request the one that was seen least is taken, so that a
    run of some hundred requests sees them all. Safe to use from many threads, which have no order.
    """

    def __init__(
        self,
        seed: int,
        rate: float,
        *,
        kinds: Collection[FaultKind] = ALL,
        each_target: int = 1,
        lost_hooks: float = 0.3,
    ) -> None:
        """`rate` and `lost_hooks` are shares of 1; `each_target`: so often one is hit at most."""
        self.seed, self.rate, self.each_target = seed, rate, each_target
        self.lost_hooks = lost_hooks if FaultKind.HOOK_LOST in kinds else 0.0
        self.hits: Counter[FaultKind] = Counter()
        self.gone: set[str] = set()
        """Transcripts a client cannot have after this, unless it has them already."""
        self.added: list[str] = []
        """Transcripts that arrived."""
        self._kinds = frozenset(kinds)
        self._rng = Random(seed)  # noqa: S311 # to be replayed, not to be secret
        self._struck: Counter[str] = Counter()
        self._again: dict[str, list[FaultKind]] = {}
        self._lock = threading.Lock()

    def meet(self, scene: Scene) -> Answer:
        """The answer to a request: the true one, or what a fault makes of it."""
        scene.rng = self._rng
        with self._lock:
            answer = self._continued(scene) or self._struck_by(scene)
        return scene.serve() if answer is None else answer

    def connection(self) -> FaultKind | None:
        """What befalls the next connection."""
        with self._lock:
            return self._drawn(CONNECTION, self.rate * _CONNECTION_SHARE)

    def hook(self) -> FaultKind | None:
        """What befalls the next webhook."""
        with self._lock:
            if self._rng.random() < self.lost_hooks:
                return self._hit(FaultKind.HOOK_LOST)
            return self._drawn(HOOKS, self.rate)

    def _drawn(self, kinds: Collection[FaultKind], rate: float) -> FaultKind | None:
        if self._rng.random() >= rate:
            return None
        wanted = self._in_turn(kinds)
        return self._hit(wanted[0]) if wanted else None

    def _in_turn(self, kinds: Collection[FaultKind]) -> list[FaultKind]:
        """Those that are on, the least seen first, chance among equals."""
        on = [kind for kind in kinds if kind in self._kinds]
        self._rng.shuffle(on)
        return sorted(on, key=self.hits.__getitem__)

    def _hit(self, kind: FaultKind) -> FaultKind:
        self.hits[kind] += 1
        return kind

    def _continued(self, scene: Scene) -> Answer | None:
        """A fault that takes several requests of a key in a row."""
        waiting = self._again.get(scene.request.key)
        return _EFFECTS[waiting.pop()](scene) if waiting else None

    def _struck_by(self, scene: Scene) -> Answer | None:
        target = scene.request.target
        is_spared = self._struck[target] >= self.each_target
        if self._rng.random() >= self.rate or is_spared:
            return None
        for kind in self._in_turn(_EFFECTS):
            answer = _EFFECTS[kind](scene)
            if answer is not None:
                self._note(kind, scene)
                return answer
        return None

    def _note(self, kind: FaultKind, scene: Scene) -> None:
        self._hit(kind)
        self._struck[scene.request.target] += 1
        self._again[scene.request.key] = [kind] * (_IN_A_ROW.get(kind, 1) - 1)
        self.gone.update(scene.lasting)
        self.added += scene.added
