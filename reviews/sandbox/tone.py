"""A recording to be heard: a tone, as a WAV file."""

import io
import math
import wave
from functools import cache

RATE = 8_000
_PITCH = 440


@cache
def wav(seconds: float = 1.0) -> bytes:
    """One channel of 8 bits, a byte a sample."""
    samples = bytes(
        round(128 + 60 * math.sin(2 * math.pi * _PITCH * at / RATE))
        for at in range(round(RATE * seconds))
    )
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(RATE)
        file.writeframes(samples)
    return made.getvalue()
