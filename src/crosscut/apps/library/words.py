"""Finding assets by words: by their beginning, by their stem in the languages at hand, without accents, misspelt.

Where words occur stands in `postings`, so the most common one costs no more than a few megabytes to read. Phrases, and
assets that changed a moment ago, are asked of the assets' own index. Of what passes every filter at most MOST_HITS are
kept, the newest, and of these only the newest RANKED are put in order by how well they match: nobody looks at more,
and whoever counts is told "more than".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from crosscut.apps.accounts.models import Workspace
from crosscut.apps.library import postings, queries

MOST_HITS = 10_000
RANKED = 1_000
CORRECTIONS = 4  # words that one misspelt word may have meant
LEAST_LIKENESS = 0.4  # share of letter triples that a misspelt word has in common with the one that was meant
NEAR_THE_BEST = 0.15  # by which another word may be less like it than the one that is most
_NO_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")
_HITS = """
SELECT id FROM library_asset
WHERE workspace_id = %(workspace)s AND search @@ %(query)s::tsquery AND binned_at IS NULL
    AND (archived_at IS NOT NULL) = %(archived)s
    AND (%(kinds)s::text[] = '{}' OR kind = ANY(%(kinds)s)) AND tags @> %(tags)s::varchar[]
ORDER BY created_at DESC, id DESC LIMIT %(most)s
"""
_SAYING = "SELECT id FROM library_asset WHERE id = ANY(%(ids)s) AND search @@ %(query)s::tsquery"
MOST_UNPOSTED = 3_000  # assets that a search asks one by one before it rather asks the index of all
_RANKED = """
SELECT id FROM library_asset WHERE id = ANY(%(ids)s)
ORDER BY ts_rank(search, %(query)s::tsquery) DESC, created_at DESC, id DESC
"""
_MEANT = """
SELECT word, likeness FROM (SELECT DISTINCT word, similarity(word, %(word)s) AS likeness FROM library_word
    WHERE workspace_id = %(workspace)s AND word %% %(word)s) AS near
WHERE likeness >= %(least)s ORDER BY likeness DESC, word LIMIT %(most)s
"""


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What narrows the search for words in the database already."""

    kinds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    is_archived: bool = False


@dataclass(frozen=True, kw_only=True)
class Hits:
    """The assets in which the words occur."""

    assets: npt.NDArray[np.int64]  # in no order
    query: str = ""  # what they match, for `ranked`
    is_cut: bool = False  # there are more: these are the newest
    is_of_all_kinds: bool = True  # whatever kinds were sought, those of others are among them
    instead: tuple[tuple[str, str], ...] = ()  # what was typed, and what was searched for because that occurs nowhere


def hits(workspace: Workspace, words: Sequence[str], sought: Sought) -> Hits:
    """Where every word occurs. A word that occurs nowhere is taken for a misspelling of one that does."""
    plain = queries.without_accents(words)
    found = _found(workspace, [_query(workspace, word) for word in plain], sought)
    if len(found.assets) or any(" " in word for word in plain):  # a phrase in quotes is meant as it stands
        return found
    instead = {word: _meant(workspace, word) for word in plain if not _occurs(workspace, word)}
    if not any(instead.values()):
        return found
    tried = [" | ".join(_query(workspace, meant) for meant in instead.get(word) or [word]) for word in plain]
    found = _found(workspace, tried, sought)
    told = tuple((word, ", ".join(meant)) for word, meant in instead.items() if meant)
    return replace(found, instead=told if len(found.assets) else ())


def ranked(assets: Sequence[int], query: str) -> npt.NDArray[np.int64]:
    """The assets, the best match first."""
    with connection.cursor() as cursor:
        cursor.execute(_RANKED, {"ids": list(assets), "query": query})
        return np.array([row[0] for row in cursor.fetchall()], np.int64)


def _found(workspace: Workspace, parts: Sequence[str], sought: Sought) -> Hits:
    asked = [part for part in parts if part]
    query = " & ".join(f"({part})" for part in asked)
    if not query:
        return Hits(assets=np.zeros(0, np.int64))
    words = [postings.spans(part) for part in asked]
    changed = postings.unposted(workspace.pk, MOST_UNPOSTED + 1)
    if None in words or len(changed) > MOST_UNPOSTED:
        return _by_index(workspace, query, sought)
    said = postings.assets_saying(workspace.pk, [word for word in words if word])
    if changed:
        now = _ids(_SAYING, {"ids": changed, "query": query})
        said = np.concatenate([said[~np.isin(said, changed)], now])
    return Hits(assets=said, query=query)


def _by_index(workspace: Workspace, query: str, sought: Sought) -> Hits:
    values = {
        "workspace": workspace.pk,
        "query": query,
        "archived": sought.is_archived,
        "kinds": list(sought.kinds),
        "tags": list(sought.tags),
        "most": MOST_HITS + 1,
    }
    newest = _ids(_HITS, values)
    is_cut = len(newest) > MOST_HITS
    return Hits(assets=newest[:MOST_HITS], query=query, is_cut=is_cut, is_of_all_kinds=not sought.kinds)


def _ids(sql: str, values: dict[str, Any]) -> npt.NDArray[np.int64]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return np.array([row[0] for row in cursor.fetchall()], np.int64)


def _query(workspace: Workspace, word: str) -> str:
    """The word as PostgreSQL searches for it, as text: `postings` reads it, and the planner knows how common it is."""
    lexemes = ["".join(sign for sign in part if sign.isalnum()) for part in word.split()]
    runs = _NO_SPACES.findall(word)
    ways = [
        "phraseto_tsquery('english', %(word)s)",
        "phraseto_tsquery('simple', %(word)s)",
        "phraseto_tsquery(library_config(%(language)s), %(word)s)",
    ]
    if len(lexemes) == 1 and lexemes[0]:
        ways.append("to_tsquery('simple', %(prefix)s)")
    if runs:
        ways.append("phraseto_tsquery('simple', %(pairs)s)")
    pairs = " ".join(run[at : at + 2] for run in runs for at in range(len(run) - 1))
    values = {
        "word": word,
        "language": workspace.language,
        "prefix": f"{lexemes[0] if lexemes else ''}:*",
        "pairs": pairs,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT ({' || '.join(ways)})::text", values)
        return str(cursor.fetchone()[0])


def _occurs(workspace: Workspace, word: str) -> bool:
    query = _query(workspace, word)
    if not query:
        return True  # nothing of it can be searched for: "&"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM library_asset WHERE workspace_id = %s AND search @@ %s::tsquery)",
            [workspace.pk, query],
        )
        return bool(cursor.fetchone()[0])


def _meant(workspace: Workspace, word: str) -> list[str]:
    values: dict[str, Any] = {
        "workspace": workspace.pk,
        "word": word.lower(),
        "least": LEAST_LIKENESS,
        "most": CORRECTIONS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MEANT, values)
        near = cursor.fetchall()
    return [meant for meant, likeness in near if likeness >= near[0][1] - NEAR_THE_BEST]
