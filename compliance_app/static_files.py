"""How what the browser needs is named and compressed at the start of the web process."""

from typing import Any

import brotli
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

LARGE = 200_000
"""Bytes from which the best compression takes seconds, and saves a tenth."""


class Storage(CompressedManifestStaticFilesStorage):
    """Source maps are not served, so a file that names its own is left as it is."""

    patterns = (("*.css", CompressedManifestStaticFilesStorage.patterns[0][1][:2]),)

    def create_compressor(self, **given: Any) -> Compressor:
        return _Compressor(**given)


class _Compressor(Compressor):
    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        compressed: bytes = brotli.compress(data, quality=9 if len(data) > LARGE else 11)
        return compressed
