"""What a place demands of the words."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from crosscut.kernel.findings import Finding, Level
from crosscut.kernel.phrases import phrase
from crosscut.specs.citations import cite, trust
from crosscut.specs.draft import Draft
from crosscut.specs.house import cite_house, house
from crosscut.specs.loading import read_data
from crosscut.specs.marks import Span, spans
from crosscut.specs.platforms import post_type as find_post_type
from crosscut.specs.post_types import PostType, TextRule
from crosscut.specs.sentences import advise, breach, say
from crosscut.specs.text import Count, count, measure

_UNIT_NAMES = {"utf8_bytes": phrase("bytes")}
_CHARACTERS = phrase("characters")
_TITLE_METHODS = {"utf16_units": "utf16", "utf8_bytes": "utf8_bytes"}
_CAPITALS = re.compile(r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ0-9 ,;:'’!?-]*[A-ZÀ-ÖØ-Þ!?]")
_MIXED_MARK = re.compile(r"[?&]utm_[a-zA-Z_]+=[^&#\s]*[A-Z]")


def check_text(draft: Draft, post_type: str) -> tuple[Finding, ...]:
    """What is wrong with the words of the draft for that post type ("platform/type"), in the order of reading.

    Raises NotFound for an unknown post type.
    """
    found = find_post_type(post_type)
    marked = spans(draft.text)
    checks = (_words(draft, found), _title(draft, found), _people(marked, found), _topics(draft, marked, found))
    rest = (_links(draft, marked, found), _left_overs(draft, found), _habits(draft, marked, found))
    return tuple(finding for check in (*checks, *rest) for finding in check)


def _words(draft: Draft, found: PostType) -> Iterator[Finding]:
    rule = found.text
    if not draft.text.strip():
        if rule and rule.min:
            yield breach("text.missing", found, "text", where="text")
        elif not draft.media and not draft.link:
            yield say("text.empty", Level.BLOCK, where="text", post_type=found.key)
    elif rule and rule.max == 0:
        yield breach("text.not_taken", found, "text", where="text")
    elif rule:
        yield from _length(draft, found, rule)
        yield from _signs(draft.text, rule.forbids, found, "text")


def _length(draft: Draft, found: PostType, rule: TextRule) -> Iterator[Finding]:
    words = draft.text + draft.below
    counted = count(words, found.platform, found.slug, warning=draft.warning)
    method = rule.counting or "unspecified_chars"
    if rule.max is not None and counted.is_over and found.level("text") is Level.BLOCK:
        code = "text.too_long_with_link" if draft.below else "text.too_long"
        finding = breach(code, found, "text", where="text", **_too_long(counted, len(draft.text)))
        yield replace(finding, source=_counting_source(method) or finding.source)
        return
    limits = [limit for limit in (rule.soft_max, rule.max) if limit is not None]
    likely = measure(words, method, min(limits, default=None))
    if likely.is_over:
        yield advise("text.long", found, where="text", source=found.cite("text"), **_too_long(likely, len(draft.text)))


def _signs(words: str, forbidden: str | None, found: PostType, where: str) -> Iterator[Finding]:
    if hit := next((sign for sign in forbidden or "" if sign in words), ""):
        yield breach(f"{where}.forbidden", found, where, where=where, found=hit)


def _counting_source(method: str) -> str:
    # The document that says how to count carries the limit too; where none says it, the post type's own is better.
    keys = read_data("counting")[method]["source"]
    return cite(keys) if trust(keys) is Level.BLOCK and keys != ["house"] else ""


def _too_long(counted: Count, length: int) -> dict[str, Any]:
    """What the sentence says of words of that length, in code points; what is below them cannot be cut."""
    limit = counted.limit or 0
    return {
        "used": counted.used,
        "limit": limit,
        "over": counted.used - limit,
        "unit": _UNIT_NAMES.get(counted.unit, _CHARACTERS),
        "over_at": None if counted.over_at is None else min(counted.over_at, length),
    }


def _title(draft: Draft, found: PostType) -> Iterator[Finding]:
    rule = found.title
    if rule is None:
        return
    if not draft.title.strip():
        if rule.required:
            yield breach("title.missing", found, "title", where="title")
        return
    method = rule.counting or _TITLE_METHODS.get(rule.unit or "", "unspecified_chars")
    counted = measure(draft.title, method, rule.max)
    if counted.is_over:
        yield breach("title.too_long", found, "title", where="title", **_too_long(counted, len(draft.title)))
    yield from _signs(draft.title, rule.forbids, found, "title")


def _people(marked: tuple[Span, ...], found: PostType) -> Iterator[Finding]:
    limit = found.mentions.max if found.mentions else None
    used = sum(span.kind == "mention" for span in marked)
    if limit is not None and used > limit:
        yield breach("mentions.too_many", found, "mentions", where="text", used=used, limit=limit, over=used - limit)


def _topics(draft: Draft, marked: tuple[Span, ...], found: PostType) -> Iterator[Finding]:
    rule = found.hashtags
    if rule is None:
        return
    in_text = 0 if rule.counts == "tags" else sum(span.kind == "hashtag" for span in marked)
    used, where = in_text + len(draft.tags), "text" if in_text else "tags"
    length = sum(len(tag) + (2 if " " in tag else 0) for tag in draft.tags)
    if rule.max_chars is not None and length > rule.max_chars:
        values = {"used": length, "limit": rule.max_chars, "over": length - rule.max_chars}
        yield breach("hashtags.too_long", found, "hashtags", where="tags", **values)
    if rule.max is not None and used > rule.max:
        values = {"used": used, "limit": rule.max, "over": used - rule.max}
        yield breach("hashtags.too_many", found, "hashtags", where=where, **values)
    elif rule.soft_max is not None and used > rule.soft_max:
        source = cite(rule.source[-1:])
        yield advise("hashtags.many", found, where=where, source=source, used=used, limit=rule.soft_max)


def _links(draft: Draft, marked: tuple[Span, ...], found: PostType) -> Iterator[Finding]:
    in_text = [span.text for span in marked if span.kind == "url"]
    addresses = set(in_text) | ({draft.link} if draft.link else set())
    rule = found.links
    used = int(bool(draft.link)) if rule and rule.counts == "link" else len(addresses)
    if rule and rule.max is not None and used > rule.max:
        yield breach("links.too_many", found, "links", where="text", used=used, limit=rule.max, over=used - rule.max)
    if rule and rule.clickable is False and in_text:
        yield advise("links.not_clickable", found, where="text", source=found.cite("links"), found=in_text[0])
    for address in sorted(addresses):
        if _MIXED_MARK.search(address):
            yield advise("links.tracking_case", found, where="text", source=cite_house("tracking"), found=address)


def _left_overs(draft: Draft, found: PostType) -> Iterator[Finding]:
    source = cite_house("placeholders")
    for where, words in (("title", draft.title), ("text", draft.text)):
        if left := _left_over(words):
            yield say("text.placeholder", Level.BLOCK, where=where, post_type=found.key, source=source, found=left)


def _left_over(words: str) -> str:
    for pattern in house("placeholders")["patterns"]:
        if match := re.search(pattern, words):
            return match.group()
    return ""


def _habits(draft: Draft, marked: tuple[Span, ...], found: PostType) -> Iterator[Finding]:
    if loud := _shouted(draft.text):
        yield advise("text.shouting", found, where="text", source=cite_house("shouting"), found=loud)
    topics = [span.text for span in marked if span.kind == "hashtag"]
    if run_on := next(filter(_is_run_on, topics), ""):
        yield advise("hashtags.camel_case", found, where="text", source=cite_house("hashtags"), found=run_on)


def _shouted(text: str) -> str:
    least = house("shouting")["min_letters"]
    runs = (match.group() for match in _CAPITALS.finditer(text))
    return next((run for run in runs if sum(map(str.isalpha, run)) >= least), "")


def _is_run_on(topic: str) -> bool:
    return topic.islower() and topic.isascii() and len(topic) >= house("hashtags")["camel_case_from"]
