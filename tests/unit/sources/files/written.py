"""Documents of every format, written for the tests, and a short way to read one."""

import json
from typing import Any

from reviews.detection.transcript import Transcript
from reviews.errors import Refused
from reviews.sources.files.documents import Loaded, load_bytes
from reviews.sources.normal import SourceTranscript
from reviews.sources.roles import Named


def loaded(data: bytes | str | Any, name: str = "call", **more: Named) -> Loaded:
    """The one document of a file; what is neither bytes nor text is written as JSON."""
    if not isinstance(data, bytes | str):
        data = json.dumps(data)
    written = data.encode() if isinstance(data, str) else data
    (only,) = load_bytes(name, written, **more)
    return only


def read(data: Any, name: str = "call", **more: Named) -> SourceTranscript:
    found = loaded(data, name, **more)
    assert found.transcript is not None, found.refused
    return found.transcript


def refused(data: Any, name: str = "call") -> Refused:
    found = loaded(data, name)
    assert found.refused is not None
    return found.refused


def columns(data: Any, name: str = "call") -> Transcript:
    return read(data, name).transcript


def turns(call: Transcript) -> list[tuple[str | None, str]]:
    """(speaker, what he says) of each utterance."""
    return [
        (speaker, " ".join(call.words[low:high]))
        for speaker, low, high in zip(call.speakers, call.bounds, call.bounds[1:], strict=False)
    ]


def times(call: Transcript) -> list[tuple[int, int]]:
    return list(zip(call.start_ms, call.end_ms, strict=True))


DEEPGRAM = {
    "metadata": {"request_id": "dg-1", "duration": 4.0, "created": "2026-01-02T03:04:05Z"},
    "results": {
        "channels": [
            {
                "alternatives": [
                    {
                        "words": [
                            {
                                "word": "hello",
                                "punctuated_word": "Hello.",
                                "start": 0.1,
                                "end": 0.5,
                                "confidence": 0.9,
                                "speaker": 0,
                            },
                            {"word": "hi", "start": 2.25, "end": 2.5, "speaker": 1},
                        ]
                    }
                ]
            }
        ]
    },
}
WHISPER = {
    "language": "en",
    "segments": [
        {
            "start": 1.0,
            "end": 3.0,
            "speaker": "SPEAKER_00",
            "words": [
                {"word": "In", "start": 1.0, "end": 1.5, "score": 0.8},
                {"word": "2014.", "speaker": "SPEAKER_00"},
                {"word": "Yes", "start": 2.5, "end": 3.0, "score": 0.7},
            ],
        }
    ],
}
TRANSCRIBE = {
    "jobName": "job-1",
    "results": {
        "language_code": "en-US",
        "items": [
            {
                "type": "pronunciation",
                "start_time": "0.5",
                "end_time": "0.9",
                "speaker_label": "spk_0",
                "alternatives": [{"content": "Hello", "confidence": "0.98"}],
            },
            {"type": "punctuation", "alternatives": [{"content": ".", "confidence": "0.0"}]},
            {
                "type": "pronunciation",
                "start_time": "1.0",
                "end_time": "1.2",
                "alternatives": [{"content": "Hi", "confidence": "0.9"}],
            },
        ],
        "speaker_labels": {
            "segments": [{"items": [{"start_time": "1.0", "speaker_label": "spk_1"}]}]
        },
    },
}
ANALYTICS = {
    "JobName": "job-2",
    "LanguageCode": "en-US",
    "ConversationCharacteristics": {"TotalConversationDurationMillis": 9000},
    "Transcript": [
        {
            "ParticipantRole": "AGENT",
            "BeginOffsetMillis": 100,
            "EndOffsetMillis": 900,
            "Content": "Hello there.",
            "Items": [
                {
                    "Type": "pronunciation",
                    "Content": "Hello",
                    "Confidence": "0.9",
                    "BeginOffsetMillis": 100,
                    "EndOffsetMillis": 400,
                },
                {
                    "Type": "pronunciation",
                    "Content": "there",
                    "Confidence": "0.8",
                    "BeginOffsetMillis": 450,
                    "EndOffsetMillis": 900,
                },
                {"Type": "punctuation", "Content": "."},
            ],
        },
        {
            "ParticipantRole": "CUSTOMER",
            "BeginOffsetMillis": 1000,
            "EndOffsetMillis": 1500,
            "Content": "Hi.",
            "Items": [
                {
                    "Type": "pronunciation",
                    "Content": "Hi.",
                    "Confidence": "0.7",
                    "BeginOffsetMillis": 1000,
                    "EndOffsetMillis": 1500,
                }
            ],
        },
    ],
}
POST_CALL = {
    "ConversationAnalytics": {
        "GUID": "None",
        "Agent": "ann",
        "ConversationTime": "2026-01-02 03:04:05",
        "ConversationLocation": "America/New_York",
        "Duration": "2.5",
        "SpeakerLabels": [{"Speaker": "spk_0", "DisplayText": "Agent"}],
        "SourceInformation": [{"TranscribeJobInfo": {"TranscriptionJobName": "job-3"}}],
    },
    "SpeechSegments": [
        {
            "SegmentStartTime": 0.5,
            "SegmentEndTime": 2.0,
            "SegmentSpeaker": "spk_0",
            "WordConfidence": [
                {"Text": "Hello", "Confidence": 1.0, "StartTime": 0.5, "EndTime": 0.5},
                {"Text": " there.", "Confidence": 0.5, "StartTime": 1.2, "EndTime": 1.2},
            ],
        }
    ],
}
VCON = {
    "uuid": "00000000-0000-0000-0000-00000000000a",
    "vcon": "0.0.1",
    "parties": [{"name": "Ann", "meta": {"role": "agent"}}, {"tel": "+15550100"}],
    "dialog": [
        {
            "type": "recording",
            "start": "2026-01-02T03:04:05+00:00",
            "duration": 9.5,
            "parties": [1, 0],
            "meta": {"direction": "in"},
        }
    ],
    "analysis": [
        {
            "type": "transcript",
            "dialog": 0,
            "body": [
                {"speaker": "Agent", "message": "Hello."},
                {"speaker": "Customer", "message": "Hi there."},
            ],
        }
    ],
}
SRT = """1
00:00:01,000 --> 00:00:03,000
Agent: Hello there

2
00:00:03,000 --> 00:00:04,500
Customer: Hi.
"""
VTT = """WEBVTT

NOTE nobody says this

00:01.000 --> 00:02.000
<v Ann>Good <i>morning</i></v>
"""
PLAIN = """Agent: Hello, how can I
help you?
Customer: Hi.
"""
EVERY = {
    "deepgram.json": json.dumps(DEEPGRAM),
    "whisper.json": json.dumps(WHISPER),
    "transcribe.json": json.dumps(TRANSCRIBE),
    "analytics.json": json.dumps(ANALYTICS),
    "post_call.json": json.dumps(POST_CALL),
    "call.vcon.json": json.dumps(VCON),
    "call.srt": SRT,
    "call.vtt": VTT,
    "call.txt": PLAIN,
}
"""A small document of every format but AssemblyAI's own, by file name."""
