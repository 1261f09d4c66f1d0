"""Whether people who do not see or hear it get the same."""

import re
from collections.abc import Iterator

from crosscut.kernel.facts import Kind
from crosscut.kernel.findings import Finding, Level
from crosscut.kernel.graphemes import graphemes
from crosscut.specs.citations import cite
from crosscut.specs.draft import Draft, DraftMedia
from crosscut.specs.house import cite_house, house
from crosscut.specs.platforms import post_type as find_post_type
from crosscut.specs.post_types import PostType
from crosscut.specs.sentences import advise, breach, say
from crosscut.specs.wording import time_in_words

_FILENAME = re.compile(
    r"^[^\s/\\]+\.(?:jpe?g|png|gif|webp|avif|heic|tiff?|bmp|svg|mp4|mov|webm|m4v)$"
    r"|^(?:img|dsc|dscn|dscf|pxl|mvi|gopr|p|image|photo|screenshot|untitled)[-_ ]?\d[\w -]*$",
    re.IGNORECASE,
)
_SAYS_IMAGE_OF = re.compile(
    r"^(?:an?\s+|the\s+)?(?:image|photo(?:graph)?|picture|pic|graphic|screenshot|video|film)\s+(?:of|showing)\b",
    re.IGNORECASE,
)


def check_accessibility(draft: Draft, post_type: str) -> tuple[Finding, ...]:
    """What keeps people from seeing or hearing the draft's files, file by file.

    Words for pictures, captions for films with sound and a transcript for sound are demanded by WCAG 2.2 level A and
    block. So do dangerous flashes, in
    files that were looked through. Raises NotFound for an unknown post type.
    """
    found = find_post_type(post_type)
    return tuple(
        finding for place, media in enumerate(draft.media) for finding in _file(media, draft, found, f"media[{place}]")
    )


def check_flashes(media: tuple[DraftMedia, ...], post_type: str) -> tuple[Finding, ...]:
    """Where the films flash dangerously (blocks) or nearly (advice), of those that were looked through.

    Raises NotFound for an unknown post type.
    """
    found = find_post_type(post_type)
    return tuple(finding for place, one in enumerate(media) for finding in _flashes(one, found, f"media[{place}]"))


def _file(media: DraftMedia, draft: Draft, found: PostType, where: str) -> Iterator[Finding]:
    yield from _flashes(media, found, where)
    match media.facts.kind:
        case Kind.IMAGE:
            yield from _picture(media, draft, found, where)
        case Kind.VIDEO if media.facts.audio:
            yield from _film_with_sound(media, found, where)
            yield from _words_for(media, draft, found, where)
        case Kind.VIDEO:
            yield from _silent_film(media, found, where)
            yield from _words_for(media, draft, found, where)
        case Kind.AUDIO if not media.tracks & {"transcript", "captions"}:
            source = cite(["wcag_1_2_1"])
            yield _demand("transcript.missing", media, found, source=source, where=where)


def _picture(media: DraftMedia, draft: Draft, found: PostType, where: str) -> Iterator[Finding]:
    if media.is_decorative:
        if media.alt_text.strip():
            yield advise("alt_text.on_decoration", found, where=where, source=cite(["wcag_1_1_1"]))
        return
    if found.alt_text and found.alt_text.images is False:
        # Artwork of a feed and the like: nowhere to write it.
        if not draft.text.strip():
            yield advise("alt_text.no_field", found, where=where, source=found.cite("alt_text"), name=media.name)
        return
    if not media.alt_text.strip():
        is_house = found.alt_text is not None and found.alt_text.is_required
        source = found.cite("alt_text") if is_house else cite(["wcag_1_1_1"])
        yield _demand("alt_text.missing", media, found, source=source, where=where)
        return
    yield from _words_for(media, draft, found, where)


def _words_for(media: DraftMedia, draft: Draft, found: PostType, where: str) -> Iterator[Finding]:
    words = media.alt_text.strip()
    if not words:
        return
    source = cite(["wcag_1_1_1"])
    if _FILENAME.match(words) or words == media.filename:
        yield say("alt_text.is_filename", Level.BLOCK, where=where, post_type=found.key, source=source, found=words)
    if match := _SAYS_IMAGE_OF.match(words):
        yield advise("alt_text.says_image_of", found, where=where, source=cite_house("alt_text"), found=match.group())
    if _plain(words) == _plain(draft.text):
        yield advise("alt_text.repeats_text", found, where=where, source=cite_house("alt_text"))
    yield from _length(words, found, where)


def _length(words: str, found: PostType, where: str) -> Iterator[Finding]:
    used = len(graphemes(words))
    limit = found.alt_text.max_chars if found.alt_text else None
    soft = house("alt_text")["soft_max_chars"]
    if limit is not None and used > limit:
        values = {"used": used, "limit": limit, "over": used - limit}
        yield breach("alt_text.too_long", found, "alt_text", where=where, **values)
    elif used > soft:
        yield advise("alt_text.long", found, where=where, source=cite_house("alt_text"), used=used, limit=soft)


def _film_with_sound(media: DraftMedia, found: PostType, where: str) -> Iterator[Finding]:
    if not media.tracks & {"captions", "burned_in_captions"}:
        yield _demand("captions.missing", media, found, source=cite(["wcag_1_2_2"]), where=where)
    elif found.captions and found.captions.supported is False and "burned_in_captions" not in media.tracks:
        yield advise("captions.not_taken", found, where=where, source=found.cite("captions"))


def _silent_film(media: DraftMedia, found: PostType, where: str) -> Iterator[Finding]:
    if not (media.alt_text.strip() or media.is_decorative or media.tracks & {"transcript", "description"}):
        yield _demand("silent_film.missing", media, found, source=cite(["wcag_1_2_1"]), where=where)


def _flashes(media: DraftMedia, found: PostType, where: str) -> Iterator[Finding]:
    seen = media.screening
    if seen is None:
        return
    source = cite(["wcag_2_3_1"])
    levels = (("flashes.found", Level.BLOCK, seen.flashes), ("flashes.near", Level.ADVICE, seen.near_flashes))
    for code, level, stretches in levels:
        for span in stretches:
            start, end = time_in_words(span.start_s), time_in_words(span.end_s)
            about = {"where": f"{where} {start}", "post_type": found.key, "source": source}
            yield say(code, level, **about, name=media.name, start=start, end=end)


def _demand(code: str, media: DraftMedia, found: PostType, *, source: str, where: str) -> Finding:
    return say(code, Level.BLOCK, where=where, post_type=found.key, source=source, name=media.name)


def _plain(words: str) -> str:
    return " ".join(words.casefold().split()).rstrip(".")
