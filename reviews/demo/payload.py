"""A call in the shape that AssemblyAI's GET /v2/transcript/{id} gives."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

from reviews.demo.script import Line, Script

_LETTER_MS = 48
_WORD_MS = 90
_GAP_MS = 40
_TURN_MS = 350
_STOPS = {".": 260, "?": 300, "!": 260, ",": 130}
_UNSURE_SHARE = 0.03
_TAIL_MS = 400


@dataclass(frozen=True, slots=True)
class Said:
    """One line with its words and where it stands."""

    line: Line
    words: tuple[dict[str, Any], ...]
    first_sentence: int
    sentences: int

    @property
    def start(self) -> int:
        return int(self.words[0]["start"])

    @property
    def end(self) -> int:
        return int(self.words[-1]["end"])


def spoken(lines: Sequence[Line], rng: Random, *, has_speakers: bool) -> tuple[Said, ...]:
    """The lines one after another, each word with times in ms, confidence and speaker."""
    rate = rng.uniform(0.85, 1.15)
    now_ms, sentence, said = 600, 0, []
    for line in lines:
        now_ms += _TURN_MS + line.pause_ms
        words = []
        for text in line.text.split():
            word = _word(text, now_ms, rate, rng)
            words.append(word | {"speaker": line.speaker if has_speakers else None})
            now_ms = word["end"] + _GAP_MS + _STOPS.get(text[-1], 0)
        ends = sum(word["text"][-1] in ".?!" for word in words)
        said.append(Said(line, tuple(words), sentence, max(ends, 1)))
        sentence += ends
    return tuple(said)


def _word(text: str, start: int, rate: float, rng: Random) -> dict[str, Any]:
    length = int((_WORD_MS + _LETTER_MS * len(text)) * rate)
    low, high = (0.62, 0.8) if rng.random() < _UNSURE_SHARE else (0.86, 0.995)
    confidence = round(rng.uniform(low, high), 5)
    return {"text": text, "start": start, "end": start + length, "confidence": confidence}


def completed(script: Script, said: Sequence[Said]) -> dict[str, Any]:
    """The fields of a finished transcript that come from what was said."""
    has_speakers = "no_speakers" not in script.flags
    words = [word for each in said for word in each.words]
    return {
        "status": "completed",
        "text": " ".join(word["text"] for word in words),
        "words": words,
        "utterances": [_utterance(each) for each in said] if has_speakers else None,
        "confidence": _mean(words),
        "audio_duration": (words[-1]["end"] + _TAIL_MS + 500) // 1000,
        "speaker_labels": has_speakers,
        "speech_understanding": _identified(script),
        **_content_safety(script, said),
        **_sentiment(script, said),
    }


def features(script: Script) -> dict[str, Any]:
    """What was asked for besides, and a summary; sentiment comes with what was said."""
    asked: dict[str, Any] = {}
    if script.redacted:
        asked |= {"redact_pii": True, "redact_pii_sub": "entity_name"}
        asked["redact_pii_policies"] = list(script.redacted)
    if script.summary:
        asked |= {"summarization": True, "summary": script.summary}
    return asked


def failed(script: Script) -> dict[str, Any]:
    """The fields of a transcript that ended in an error."""
    empty = dict.fromkeys(("text", "words", "utterances", "confidence", "audio_duration"))
    return {"status": "error", "error": script.error, **empty, "speaker_labels": True}


def _utterance(said: Said) -> dict[str, Any]:
    return {
        "speaker": said.line.speaker,
        "text": " ".join(word["text"] for word in said.words),
        "start": said.start,
        "end": said.end,
        "confidence": _mean(said.words),
        "words": list(said.words),
    }


def _mean(words: Sequence[dict[str, Any]]) -> float:
    confidences: list[float] = [word["confidence"] for word in words]
    return round(sum(confidences) / len(confidences), 5)


def _identified(script: Script) -> dict[str, Any] | None:
    """Speaker identification, asked for where a call has two agents."""
    if not script.second_agent:
        return None
    agents = {script.agent_speaker, script.second_agent}
    labels = sorted({line.speaker for line in script.lines})
    mapping = {label: "Agent" if label in agents else "Customer" for label in labels}
    return {"response": {"speaker_identification": {"mapping": mapping, "status": "success"}}}


def _content_safety(script: Script, said: Sequence[Said]) -> dict[str, Any]:
    if script.content_safety == "off":
        return {"content_safety": False, "content_safety_labels": None}
    is_there = script.content_safety == "on"
    results = [_labelled(each) for each in said if each.line.labels] if is_there else []
    labels = {label["label"]: label for result in results for label in result["labels"]}
    report = {
        "status": "success" if is_there else "unavailable",
        "results": results,
        "summary": {name: label["confidence"] for name, label in labels.items()},
        "severity_score_summary": {
            name: _severities(label["severity"]) for name, label in labels.items()
        },
    }
    return {"content_safety": True, "content_safety_labels": report}


def _labelled(said: Said) -> dict[str, Any]:
    return {
        "text": " ".join(word["text"] for word in said.words),
        "labels": [dict(label) for label in said.line.labels],
        "sentences_idx_start": said.first_sentence,
        "sentences_idx_end": said.first_sentence + said.sentences - 1,
        "timestamp": {"start": said.start, "end": said.end},
    }


def _sentiment(script: Script, said: Sequence[Said]) -> dict[str, Any]:
    if not script.sentiment:
        return {}
    rows = [_felt(each.line, words) for each in said for words in _sentences(each.words)]
    return {"sentiment_analysis": True, "sentiment_analysis_results": rows}


def _sentences(words: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    ends = [at for at, word in enumerate(words, 1) if word["text"][-1] in ".?!"]
    for start, end in pairwise(sorted({0, *ends, len(words)})):
        yield words[start:end]


def _felt(line: Line, words: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "text": " ".join(word["text"] for word in words),
        "start": words[0]["start"],
        "end": words[-1]["end"],
        "sentiment": line.mood.upper(),
        "confidence": _mean(words),
        "speaker": words[0]["speaker"],
    }


def _severities(severity: float) -> dict[str, float]:
    """Shares that sum to 1, as the vendor gives them."""
    high = round(severity, 4)
    return {"low": 0.0, "medium": round(1 - high, 4), "high": high}
