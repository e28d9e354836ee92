"""One line on a terminal, drawn over itself: how far a run over many files has come."""

import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import OutputWrapper

_FIRST_S, _BETWEEN_S = 0.5, 0.1
_MINUTE_S = 60


class Progress:
    """Shows files, calls, calls a second and the time to go; nothing where `out` is no terminal.

    The time to go is by the bytes of the files that are done: how far it is in one is not known.
    """

    def __init__(
        self, out: OutputWrapper, names: Sequence[str], *, clock: Callable[[], float] = monotonic
    ) -> None:
        self.is_shown = out.isatty()
        self._out, self._clock = out, clock
        self._sizes = [_size(name) for name in names] if self.is_shown else []
        self._bytes, self._all_bytes = 0, sum(self._sizes)
        self._files, self._calls, self._length = 0, 0, 0
        self._start = clock()
        self._due = self._start + _FIRST_S

    def call_done(self) -> None:
        self._calls += 1
        self._draw()

    def file_done(self) -> None:
        if self.is_shown:
            self._bytes += self._sizes[self._files]
            self._files += 1
            self._draw()

    def clear(self) -> None:
        """Make room for a line of the answer."""
        if self._length:
            self._write(f"\r{' ' * self._length}\r")
            self._length = 0

    def _draw(self) -> None:
        now = self._clock()
        if not self.is_shown or now < self._due:
            return
        self._due = now + _BETWEEN_S
        width = shutil.get_terminal_size().columns - 1
        text = self._text(now - self._start)[:width]
        self._write(f"\r{text.ljust(self._length)}")
        self._length = max(len(text), self._length)

    def _text(self, elapsed: float) -> str:
        files = f"{self._files:,}/{len(self._sizes):,} files"
        text = f"{files}  {self._calls:,} calls  {self._calls / elapsed:,.0f} calls/s"
        if not self._bytes:
            return text
        left = elapsed * (self._all_bytes - self._bytes) / self._bytes
        return f"{text}  {_duration(left)} to go"

    def _write(self, text: str) -> None:
        self._out.write(text, str, "")
        self._out.flush()


class Above:
    """A stream whose lines stand above the progress."""

    def __init__(self, out: OutputWrapper, progress: Progress) -> None:
        self._out, self._progress = out, progress

    def write(self, *args: Any, **options: Any) -> None:
        self._progress.clear()
        self._out.write(*args, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._out, name)


def _size(name: str) -> int:
    """Bytes of a file; 0 of standard input and of what is refused when it is read."""
    with suppress(OSError, ValueError):
        return Path(name).stat().st_size
    return 0


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), _MINUTE_S)
    hours, minutes = divmod(minutes, _MINUTE_S)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
