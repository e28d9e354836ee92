"""The vendors' own libraries, led to the sandbox."""

from collections.abc import Callable, Iterator

import assemblyai as aai
import pytest

from reviews.sandbox.server import Sandbox

Lead = Callable[[Sandbox, str], None]


@pytest.fixture
def lead(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lead]:
    """`lead(sandbox, key)`: from now on the library's default client asks this sandbox."""

    def close() -> None:
        if aai.Client._default is not None:
            aai.Client._default.http_client.close()

    def to(sandbox: Sandbox, key: str) -> None:
        close()
        monkeypatch.setattr(aai.settings, "base_url", sandbox.base_url)
        monkeypatch.setattr(aai.settings, "api_key", key)
        monkeypatch.setattr(aai.settings, "polling_interval", 0.01)
        monkeypatch.setattr(aai.Client, "_default", None)

    yield to
    close()
