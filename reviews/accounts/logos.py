"""A tenant's logo: decoded and drawn anew, so that no byte of the upload is ever served."""

import warnings
from io import BytesIO

from PIL import Image

from reviews.errors import ErrorCode, Refused

BYTES_AT_MOST = 512 * 1024
SIDE = 256
PIXELS_AT_MOST = 16_000_000
_KINDS = ("PNG", "JPEG", "WEBP")


class LogoRefused(Refused):
    code = ErrorCode.PAYLOAD_REFUSED


def drawn_anew(data: bytes) -> bytes:
    """The image as a PNG of at most SIDE pixels a side. Raises LogoRefused."""
    if len(data) > BYTES_AT_MOST:
        raise _refused(f"{len(data):,} bytes", f"Choose one of at most {BYTES_AT_MOST:,}.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _png(data)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _refused("no image that can be read", "Choose a PNG, JPEG or WebP.") from error
    except Image.DecompressionBombWarning:
        raise _refused("an image of too many pixels", "Make it smaller first.") from None


def _png(data: bytes) -> bytes:
    """The size is known, and judged, before a pixel is decoded."""
    with Image.open(BytesIO(data), formats=_KINDS) as image:
        if image.width * image.height > PIXELS_AT_MOST:
            raise _refused(f"{image.width} × {image.height} pixels", "Make it smaller first.")
        image.thumbnail((SIDE, SIDE))
        plain = image.convert("RGBA")
    written = BytesIO()
    Image.frombytes("RGBA", plain.size, plain.tobytes()).save(written, "PNG", optimize=True)
    return written.getvalue()


def _refused(seen: str, remedy: str) -> LogoRefused:
    return LogoRefused("The logo is refused", seen, remedy)
