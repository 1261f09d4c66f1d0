"""A network that takes 50 ms for every answer, and writes down when each post came: `python network.py FILE`.

It speaks as much of the Mastodon API as text posts need. FILE gets one line for each post that came: its key and when.
"""

import asyncio
import json
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

ANSWER_S = 0.05


async def main() -> None:
    with Path(sys.argv[1]).open("a", buffering=1) as log:
        network = Network(log)
        server = await asyncio.start_server(network.converse, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


class Network:
    """Accounts by their tokens, and their posts."""

    def __init__(self, log: Any) -> None:
        self.log = log
        self.by_key: dict[str, dict[str, Any]] = {}
        self.by_number: dict[str, dict[str, Any]] = {}
        self.by_token: dict[str, list[dict[str, Any]]] = defaultdict(list)

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until the other side ends it."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                came_at = time.time()
                first, *lines = head.split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                method, path, _ = first.split(" ")
                status, data = self.answer(method, path.partition("?")[0], headers, body)
                if method == "POST":
                    self.log.write(json.dumps({"key": headers["idempotency-key"], "at": came_at}) + "\n")
                await asyncio.sleep(ANSWER_S)
                told = json.dumps(data).encode()
                kind = f"content-type: application/json\r\ncontent-length: {len(told)}"
                writer.write(f"HTTP/1.1 {status} -\r\n{kind}\r\n\r\n".encode() + told)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any]:
        """The status and what is told."""
        token = headers.get("authorization", "").removeprefix("Bearer ")
        place, _, number = path.rpartition("/")
        if method == "POST" and path == "/api/v1/statuses":
            key = headers["idempotency-key"]
            return 200, self.by_key.get(key) or self.made(token, key, json.loads(body)["status"])
        if path == "/api/v1/accounts/verify_credentials":
            return 200, account(token)
        if place == "/api/v1/statuses" and number in self.by_number:
            return 200, self.by_number[number]
        if place.startswith("/api/v1/accounts/") and number == "statuses":
            return 200, self.by_token[token][::-1][:40]
        return 404, {"error": "Record not found"}

    def made(self, token: str, key: str, text: str) -> dict[str, Any]:
        """A new post."""
        number = str(len(self.by_key) + 1)
        post = {
            "id": number,
            "uri": f"https://bench.example/{number}",
            "url": f"https://bench.example/@{token}/{number}",
            "created_at": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
            "content": f"<p>{text}</p>",
            "account": account(token),
            "media_attachments": [],
            "visibility": "public",
        }
        self.by_key[key] = self.by_number[number] = post
        self.by_token[token].append(post)
        return post


def account(token: str) -> dict[str, str]:
    return {
        "id": "7",
        "username": token,
        "acct": token,
        "display_name": token,
        "url": f"https://bench.example/@{token}",
    }


if __name__ == "__main__":
    asyncio.run(main())
