"""Webhooks: deliveries a second to a receiver on this machine, and what an event costs its act.

    python -m bench.hooks [--events N] [--hooks N]

One worker sends, and the receiver takes its share of the same cores.
"""

import argparse
import asyncio
import json
import os
import sys
import threading
from collections import Counter

from bench import installation

TARGET = 200
"""Deliveries a second."""


def main() -> None:
    asked = _arguments()
    receiver = Receiver()
    threading.Thread(target=receiver.serve, daemon=True).start()
    receiver.is_up.wait()
    os.environ["EGRESS_ALLOW_PRIVATE"] = f"127.0.0.1:{receiver.port}"
    url = f"http://127.0.0.1:{receiver.port}/hook"
    words = [str(each) for each in (url, asked.hooks, asked.events)]
    with installation.server() as server:
        done = json.loads(
            installation.run(server, [sys.executable, "-m", "bench.measure_hooks", *words])
        )
    sent, wanted = receiver.ids.total(), asked.hooks * asked.events
    if sent != wanted or set(receiver.ids.values()) != {asked.hooks}:
        raise SystemExit(f"{sent:,} of {wanted:,} came, or not each once for each webhook")
    rate = sent / done["send_s"]
    print(f"an event where no webhook is there   {done['without_ms']:8.2f} ms")
    print(f"an event for {asked.hooks:3} webhooks            {done['with_ms']:8.2f} ms")
    print(f"deliveries a second                  {rate:8,.0f} (target {TARGET}, {sent:,} sent)")
    if rate < TARGET:
        raise SystemExit("under its target")


class Receiver:
    """Answers 204 to whatever is posted, and counts the ids."""

    def __init__(self) -> None:
        self.port = 0
        self.ids: Counter[str] = Counter()
        self.is_up = threading.Event()

    def serve(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self.is_up.set()
        await server.serve_forever()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
                named = dict(line.split(": ", 1) for line in head[1:] if line)
                await reader.readexactly(int(named["content-length"]))
                self.ids[named["webhook-id"]] += 1
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=2000)
    parser.add_argument("--hooks", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    main()
