"""A CSV table that a page holds between its steps, packed: nothing is stored before it is used."""

import base64
import binascii
import zlib

from reviews.errors import ErrorCode, Refused
from reviews.sources.files import table
from reviews.sources.files.table import Table
from reviews.web.requests import TenantRequest

_PACKED_AT_MOST = 2_000_000


class PageRefused(Refused):
    code = ErrorCode.PAYLOAD_REFUSED


def sent(request: TenantRequest) -> tuple[Table, str]:
    """The file, or the table that the page held, and what it is to hold. Raises Refused."""
    data = _data(request)
    read, packed = table.read(data), base64.b64encode(zlib.compress(data)).decode()
    if len(packed) > _PACKED_AT_MOST:
        raise refused("a table too large for a page")
    return read, packed


def refused(seen: str) -> PageRefused:
    remedy = "Split the table, or use the command `manage.py rubric`."
    return PageRefused("The table is refused", seen, remedy)


def _data(request: TenantRequest) -> bytes:
    file = request.FILES.get("file")
    if file is not None:
        data: bytes = file.read(table.MAX_BYTES + 1)
        return data
    unpacker = zlib.decompressobj()
    try:
        packed = base64.b64decode(request.POST.get("table", ""), validate=True)
        data = unpacker.decompress(packed, table.MAX_BYTES + 1)
    except (binascii.Error, ValueError, zlib.error):
        data = b""
    if not data:
        raise PageRefused("The table is refused", "no file", "Choose a CSV file.")
    return data
