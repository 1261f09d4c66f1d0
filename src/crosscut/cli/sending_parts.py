"""Files sent to an installation whose store is S3: their bytes go straight into its bucket, part by part."""

import base64
import hashlib
from pathlib import Path
from typing import Any

import httpx

from crosscut.channels import http
from crosscut.cli.sending import SENDS, WAITS_S, Sent, Tell, checked, hash_of, wait
from crosscut.kernel.errors import CrosscutError, NotFound, Unavailable

PARTS = f"{SENDS}/parts"


def send(client: httpx.Client, path: Path, tell: Tell) -> Sent | None:
    """Sends one file, from where an earlier run was cut off; None where there is no store, or it cannot be reached.

    A store in our own network is reached on the desk's own host alone. Raises Unavailable when it falls silent later.
    """
    size_bytes, sha256 = path.stat().st_size, hash_of(path)
    address = _earlier(client, size_bytes, sha256) or _begin(client, path.name, size_bytes, sha256)
    if not address:
        return None
    tries = iter(WAITS_S)
    with http.client(allowed_hosts=(client.base_url.host,), total_s=3600) as store:
        while (state := checked(client.get(address)).json()) and (missing := _missing(state)):
            try:
                for number in missing:
                    tell(path.name, (number - 1) * state["part_bytes"], size_bytes)
                    _put(client, store, address, path, number, state["part_bytes"])
                    tries = iter(WAITS_S)
            except (httpx.TransportError, CrosscutError) as error:
                if not state["parts"] and number == missing[0]:
                    checked(client.delete(address))
                    return None
                wait(tries, error)
    checked(client.post(f"{address}/complete"))
    tell(path.name, size_bytes, size_bytes)
    return Sent(path=path, key=address.rsplit("/", 1)[-1])


def _begin(client: httpx.Client, name: str, size_bytes: int, sha256: str) -> str:
    """Where the upload is; empty where the desk takes no parts, or is older than parts."""
    answer = client.post(PARTS, json={"filename": name, "size_bytes": size_bytes, "sha256": sha256})
    if answer.status_code in (404, 405) or (answer.status_code == 422 and answer.json()["code"] == "upload.no_parts"):
        return ""
    return f"{PARTS}/{checked(answer).json()['upload']['key']}"


def _earlier(client: httpx.Client, size_bytes: int, sha256: str) -> str:
    """Where an upload of the same bytes was cut off; empty when there is none, or its parts are gone."""
    rows = checked(client.get(SENDS, params={"is_open": True, "limit": 200})).json()["items"]
    for row in rows:
        if row.get("part_bytes") and (row["size_bytes"], row["sha256"]) == (size_bytes, sha256):
            try:
                checked(client.get(f"{PARTS}/{row['key']}"))
            except NotFound:
                continue
            return f"{PARTS}/{row['key']}"
    return ""


def _missing(state: dict[str, Any]) -> list[int]:
    """The numbers of parts that the store does not hold, or with another length."""
    part_bytes, count, size_bytes = state["part_bytes"], state["part_count"], state["upload"]["size_bytes"]
    sizes = {number: min(part_bytes, size_bytes - (number - 1) * part_bytes) for number in range(1, count + 1)}
    here = {part["number"]: part["size_bytes"] for part in state["parts"]}
    return [number for number, size in sizes.items() if here.get(number) != size]


def _put(client: httpx.Client, store: httpx.Client, address: str, path: Path, number: int, part_bytes: int) -> None:
    """Sends one part, with its checksum. Raises Unavailable for what the store says when it does not take it."""
    with path.open("rb") as file:
        file.seek((number - 1) * part_bytes)
        part = file.read(part_bytes)
    md5 = base64.b64encode(hashlib.md5(part, usedforsecurity=False).digest()).decode()
    asked = checked(client.post(f"{address}/addresses", json={"parts": [{"number": number, "md5": md5}]}))
    (place,) = asked.json()["addresses"]
    answer = store.put(place["url"], content=part, headers=place["headers"])
    if not answer.is_success:
        raise Unavailable(f"The store answered {answer.status_code}.", after_s=5)
