"""A store for tests that speaks S3 over HTTP: moto's server."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer

from crosscut.apps.library import multiparts

PART_BYTES = 5 * 1024**2  # the least that S3 takes
_KEYS = {"access_key": "test", "secret_key": "test"}


@contextmanager
def server() -> Iterator[str]:
    """Its address, for as long as the block lasts."""
    made = ThreadedMotoServer(ip_address="localhost", port=0, verbose=False)
    made.start()
    try:
        yield f"http://localhost:{made.get_host_and_port()[1]}"
    finally:
        made.stop()


def use(settings: Any, address: str, patch: pytest.MonkeyPatch) -> Any:
    """Makes an empty bucket there, takes it as the store and cuts files into its smallest parts."""
    httpx.post(f"{address}/moto-api/reset")
    told = {"region_name": "us-east-1", "endpoint_url": address}
    keys = {f"aws_{name}_id" if name == "access_key" else "aws_secret_access_key": key for name, key in _KEYS.items()}
    bucket = boto3.resource("s3", **told, **keys).create_bucket(Bucket="files")
    options = {"bucket_name": "files", **_KEYS, **told}
    place = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": place}
    patch.setattr(multiparts, "LEAST_PART_BYTES", PART_BYTES)
    return bucket
