"""Sending by tus, as small as it can be."""

import base64

from django.test import Client

TUS = {"Tus-Resumable": "1.0.0"}
ADDRESS = "/api/library/uploads"


def base64_of(text: str | bytes) -> str:
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def begin(client: Client, size_bytes: int, **metadata: str):
    told = ",".join(f"{name} {base64_of(value)}" for name, value in metadata.items())
    return client.post(ADDRESS, headers={**TUS, "Upload-Length": str(size_bytes), "Upload-Metadata": told})


def send(client: Client, address: str, piece: bytes, at_byte: int, **headers: str):
    told = {**TUS, "Upload-Offset": str(at_byte), **headers}
    return client.patch(address, piece, content_type="application/offset+octet-stream", headers=told)


def offset(client: Client, address: str) -> int:
    answer = client.head(address, headers=TUS)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    return int(answer["Upload-Offset"])
