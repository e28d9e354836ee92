"""Plain text: a line for each turn, its speaker before it. There are no times in it."""

from collections.abc import Iterator

from reviews.detection.transcript import Timing
from reviews.sources.files.foreign import Foreign, NotATranscript, Utterance, untimed
from reviews.sources.files.labels import label_in, without_clock


def read(text: str) -> Foreign:
    """A line without a speaker goes on with the turn before. Raises NotATranscript."""
    turns: list[tuple[str, list[str]]] = []
    is_stamped = False
    for number, (line, has_clock) in _lines(text):
        is_stamped |= has_clock
        speaker, said = label_in(line)
        if speaker is not None:
            turns.append((speaker, [said]))
        elif turns:
            turns[-1][1].append(said)
        else:
            raise NotATranscript(
                "The text is refused",
                f"line {number} begins with no speaker",
                "Begin every turn as in “Agent: Hello.”",
                line=number,
            )
    utterances = [Utterance(untimed(" ".join(said)), speaker) for speaker, said in turns]
    utterances = [each for each in utterances if each.words]
    if not utterances:
        raise NotATranscript(
            "The text is refused", "nothing that is said", "Write turns as in “Agent: Hello.”"
        )
    # A stamp says where a turn begins, in whole seconds, and nothing of where its words are.
    return Foreign(utterances, Timing.NONE, warnings=("timestamps",) if is_stamped else ())


def _lines(text: str) -> Iterator[tuple[int, tuple[str, bool]]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield number, without_clock(line)
