"""Small calls for the tests of personal data: turns in, a transcript out."""

from itertools import accumulate

from reviews.detection.transcript import Role, Transcript

ROLES = {"A": Role.AGENT, "C": Role.CUSTOMER, "?": Role.UNKNOWN}


def call(*turns: str) -> Transcript:
    """A call of turns such as `C: my number is …`; a word lasts 300 ms."""
    speakers = tuple(turn[0] for turn in turns)
    spoken = [tuple(turn[2:].split()) for turn in turns]
    words = tuple(word for line in spoken for word in line)
    return Transcript(
        id="t",
        words=words,
        start_ms=[300 * at for at in range(len(words))],
        end_ms=[300 * at + 280 for at in range(len(words))],
        confidence=[0.9] * len(words),
        bounds=tuple(accumulate((len(line) for line in spoken), initial=0)),
        speakers=speakers,
        channels=(None,) * len(turns),
        roles=tuple(ROLES[speaker] for speaker in speakers),
    )


def texts(transcript: Transcript, marks: tuple[tuple[int, int, int], ...]) -> list[str]:
    """The words of (utterance, first, last) places."""
    return [
        " ".join(transcript.words[base + first : base + last + 1])
        for utterance, first, last in marks
        for base in (transcript.bounds[utterance],)
    ]
