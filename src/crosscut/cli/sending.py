"""Files sent to an installation elsewhere, piece by piece; a run that was cut off is gone on with by the next one."""

import base64
import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from crosscut.channels import http
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable

PIECE_BYTES = 8 * 1024 * 1024  # at most this is sent twice when a connection breaks
_READ_BYTES = 1024 * 1024
_TUS = {"Tus-Resumable": "1.0.0"}
WAITS_S = (0.5, 1, 2, 4, 8, 15, 30)  # between tries, while the other side does not answer
_LOOK_EVERY_S = 1.0
SENDS = "/api/library/uploads"
Tell = Callable[[str, int, int], None]  # a file's name, how much of it was sent, and its size


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A file that arrived elsewhere."""

    path: Path
    key: str  # of its upload there


def desk(url: str, token: str) -> httpx.Client:
    """A client for the installation at that address, which may be near, as the member whose token it is."""
    address = httpx.URL(url)
    if address.scheme not in ("http", "https") or not address.host:
        raise Invalid.at("--to", "Give the address of the desk: https://desk.example.org")
    client = http.client(url.rstrip("/"), allowed_hosts=(address.host,), total_s=3600)
    client.headers["Authorization"] = f"Bearer {token}"
    return client


def send(client: httpx.Client, path: Path, tell: Tell) -> Sent:
    """Sends one file, from where an earlier run was cut off. Raises Unavailable when the other side stays silent."""
    size_bytes, sha256 = path.stat().st_size, hash_of(path)
    location = _earlier(client, path.name, size_bytes, sha256) or _begin(client, path.name, size_bytes, sha256)
    tries = iter(WAITS_S)
    offset = _offset(client, location)
    while offset < size_bytes:
        tell(path.name, offset, size_bytes)
        try:
            offset = _send_piece(client, location, path, offset)
            tries = iter(WAITS_S)
        except (httpx.TransportError, Unavailable, Conflict) as error:
            wait(tries, error)
            offset = _offset(client, location)
    tell(path.name, size_bytes, size_bytes)
    return Sent(path=path, key=location.rsplit("/", 1)[-1])


def became(client: httpx.Client, sent: list[Sent]) -> Iterator[tuple[Sent, dict[str, Any]]]:
    """Each file with the arrival it became, as soon as the other side is done with it."""
    waiting = {one.key: one for one in sent}
    while waiting:
        keys = list(waiting)[:100]
        answer = checked(client.get(SENDS, params={"key": keys, "limit": len(keys)}))
        for row in answer.json()["items"]:
            arrival = row["arrival"]
            if arrival and arrival["state"] not in ("waiting", "reading"):
                yield waiting.pop(row["key"]), arrival
        if waiting:
            time.sleep(_LOOK_EVERY_S)


def _begin(client: httpx.Client, name: str, size_bytes: int, sha256: str) -> str:
    told = {"filename": name, "sha256": sha256}
    metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items())
    headers = {**_TUS, "Upload-Length": str(size_bytes), "Upload-Metadata": metadata}
    return str(checked(client.post(SENDS, headers=headers)).headers["Location"])


def _earlier(client: httpx.Client, name: str, size_bytes: int, sha256: str) -> str:
    """Where an upload of the same bytes was cut off; empty when there is none."""
    rows = checked(client.get(SENDS, params={"is_open": True, "limit": 200})).json()["items"]
    wanted = {"size_bytes": size_bytes, "sha256": sha256, "part_bytes": None}
    fitting = [row["key"] for row in rows if wanted.items() <= row.items()]
    return f"{SENDS}/{fitting[0]}" if fitting else ""


def _offset(client: httpx.Client, location: str) -> int:
    return int(checked(client.head(location, headers=_TUS)).headers["Upload-Offset"])


def _send_piece(client: httpx.Client, location: str, path: Path, offset: int) -> int:
    with path.open("rb") as file:
        file.seek(offset)
        piece = file.read(PIECE_BYTES)
    checksum = base64.b64encode(hashlib.sha256(piece).digest()).decode()
    headers = {**_TUS, "Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
    answer = client.patch(location, content=piece, headers={**headers, "Upload-Checksum": f"sha256 {checksum}"})
    return int(checked(answer).headers["Upload-Offset"])


def wait(tries: Iterator[float], error: Exception) -> None:
    """Waits longer each time. Raises Unavailable when there is nothing left to wait for."""
    wait_s = next(tries, None)
    if wait_s is None:
        raise Unavailable(f"The other side does not answer: {error}. Run it again; it goes on where it was.") from error
    time.sleep(wait_s)


def checked(answer: httpx.Response) -> httpx.Response:
    """The answer, if it is a good one; its refusal in its own words as an error otherwise."""
    if answer.is_success:
        return answer
    try:
        words = str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        words = f"{answer.url.host} answered {answer.status_code}."
    families = {401: NotAllowed, 403: NotAllowed, 404: NotFound, 409: Conflict, 460: Conflict}
    if answer.status_code >= 500:
        raise Unavailable(words, after_s=5)
    raise families.get(answer.status_code, Invalid)(words)


def hash_of(path: Path) -> str:
    """The SHA-256 of a file, hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_READ_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
