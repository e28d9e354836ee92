"""Calls as no source should write them, for property tests."""

from hypothesis import strategies as st

from reviews.detection.analysis import Analysis, Redaction, Sentence, Sentiment, SideText
from reviews.detection.transcript import Role, Transcript

POLARITIES = ("", "negative", "neutral", "positive")
LABELS = (None, "A", "B")
times = st.integers(-1, 20_000)
shares = st.none() | st.floats(0, 1)


@st.composite
def sentences(draw: st.DrawFn) -> Sentence:
    start = draw(times)
    return Sentence(
        draw(st.sampled_from(POLARITIES)),
        draw(shares),
        start,
        max(start, draw(times)),
        draw(st.sampled_from(LABELS)),
    )


analyses = st.builds(
    Analysis,
    sentiment=st.none() | st.builds(Sentiment, st.booleans(), st.lists(sentences()).map(tuple)),
    redaction=st.none()
    | st.builds(Redaction, st.booleans(), st.none() | st.just(("date",)), st.just("hash")),
    texts=st.lists(
        st.builds(
            SideText, st.just("summary"), st.sampled_from(("ok", "it is 4111 1111 1111 1111"))
        )
    ).map(tuple),
    speakers_expected=st.none() | st.integers(1, 4),
    language_confidence=shares,
    confidence=shares,
)


@st.composite
def calls(draw: st.DrawFn, *, has_times: bool = False) -> Transcript:
    """Utterances that overlap, run backwards, have no words, no times, no speakers, no roles."""
    lengths = draw(st.lists(st.integers(0, 5), max_size=6))
    bounds = [sum(lengths[:at]) for at in range(len(lengths) + 1)]
    each_ms = st.integers(0 if has_times else -1, 20_000)
    starts = draw(st.lists(each_ms, min_size=bounds[-1], max_size=bounds[-1]))
    lasts = draw(st.lists(st.integers(0, 900), min_size=bounds[-1], max_size=bounds[-1]))
    each = st.lists(st.sampled_from(LABELS), min_size=len(lengths), max_size=len(lengths))
    roles = st.lists(st.sampled_from(Role), min_size=len(lengths), max_size=len(lengths))
    return Transcript(
        id="any",
        words=tuple(draw(st.sampled_from(("hold", "yes.", "4111", "[PERSON_NAME]", "####")))
                    for _ in starts),
        start_ms=starts,
        end_ms=[start + last if start >= 0 else -1
                for start, last in zip(starts, lasts, strict=True)],
        confidence=[draw(shares) for _ in starts],
        bounds=tuple(bounds),
        speakers=tuple(draw(each)),
        channels=tuple(draw(each)),
        roles=tuple(draw(roles)),
        language=draw(st.sampled_from((None, "en_us", "es"))),
        duration_ms=draw(st.none() | st.integers(0, 30_000)),
        transcribed_ms=(draw(st.sampled_from((0, 500))), draw(st.sampled_from((None, 6_000)))),
        analysis=draw(analyses),
    )  # fmt: skip
