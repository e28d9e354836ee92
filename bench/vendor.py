"""A vendor with many calls in little memory: a few payloads, each under many ids."""

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

PAGE = 200
_NEWEST = datetime(2026, 11, 1, tzinfo=UTC)


def main() -> None:
    bodies = Path(sys.argv[1]).read_bytes().splitlines()
    count = int(sys.argv[2])
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(bodies, count))
    sys.stdout.write(f"http://127.0.0.1:{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


def _page(query: Mapping[str, str], count: int) -> dict[str, Any]:
    """Newest first: number 0 is the newest."""
    first = int(query["before_id"].removeprefix("call-")) + 1 if "before_id" in query else 0
    last = min(first + PAGE, count)
    rows = [
        {
            "id": f"call-{number}",
            "status": "completed",
            "created": (_NEWEST - timedelta(minutes=number)).replace(tzinfo=None).isoformat(),
        }
        for number in range(first, last)
    ]
    older = f"/v2/transcript?limit={PAGE}&before_id=call-{last - 1}" if last < count else None
    return {"page_details": {"prev_url": older}, "transcripts": rows}


def _handler(bodies: list[bytes], count: int) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/v2/transcript":
                body = json.dumps(_page(dict(parse_qsl(parts.query)), count)).encode()
            else:
                number = parts.path.rpartition("-")[2]
                body = bodies[int(number) % len(bodies)]
                at = int(number) % len(bodies)
                # Another account each, lest it be taken for a duplicate.
                body = body.replace(b'"bench-%d"' % at, b'"call-%s"' % number.encode())
                body = body.replace(b"account-%d" % at, b"account-%s" % number.encode())
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 # the base class names it so
            """Say nothing: stdout has the address."""

    return Handler


if __name__ == "__main__":
    main()
