"""The community a post is meant for: what it takes, what it demands, and the flair it wants.

`GET /r/{name}/about`, `/api/v1/{name}/post_requirements` and `/r/{name}/api/link_flair_v2`. What is read here is read
before the post is due; Reddit judges again when it is made.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import httpx

from crosscut.channels.builtin.reddit.api import Api
from crosscut.channels.builtin.reddit.words import body_of, title_of
from crosscut.channels.protocol import Post
from crosscut.kernel.errors import Rejected
from crosscut.kernel.phrases import phrase

_NAME = re.compile(r"(?:(?:https://www\.reddit\.com)?/?(r|u|user)/)?([\w-]{2,24})/?")
_OWN_PAGE = "u_"  # how Reddit calls the community that somebody's own profile is
_MOST_NAMED, _PAGE = 40, 100


def own_communities(api: Api) -> list[str]:
    """Those the account has joined, as people call them: "r/reef". The first hundred, by name."""
    told = (api.get("/subreddits/mine/subscriber", limit=_PAGE, raw_json="1").get("data") or {}).get("children") or ()
    names = [str((row.get("data") or {}).get("display_name_prefixed") or "") for row in told]
    return sorted((name for name in names if name.startswith("r/")), key=str.casefold)


def chosen(api: Api, post: Post, usual: str) -> dict[str, str]:
    """Reddit's names for community and flair. Raises Rejected with the reason where the post cannot go there."""
    name = name_of(str(post.extra.get("community") or usual))
    about = _about(api, name)
    _demand_open(name, about, post)
    rules = api.found(f"/api/v1/{name}/post_requirements", raw_json="1") or {}
    _demand_fitting(name, rules, post)
    flair = _flair(
        api, name, str(post.extra.get("flair") or "").strip(), is_needed=bool(rules.get("is_flair_required"))
    )
    return {"sr": str(about.get("display_name") or name), "flair_id": flair}


def name_of(written: str) -> str:
    """A community's name as Reddit takes it. Raises Rejected for what can be none.

    >>> name_of("r/reef"), name_of("/u/ada-l/"), name_of("kelp")
    ('reef', 'u_ada-l', 'kelp')
    """
    match = _NAME.fullmatch(written.strip())
    if not match:
        raise Rejected(phrase("Say which community it is meant for: “r/reef”, or “u/you” for your own profile."))
    return f"{_OWN_PAGE if match[1] in ('u', 'user') else ''}{match[2]}"


def _about(api: Api, name: str) -> dict[str, Any]:
    response = api.asked("GET", f"/r/{name}/about", params={"raw_json": "1"})
    if response.is_redirect or response.status_code == httpx.codes.NOT_FOUND:
        raise Rejected(phrase("There is no community called r/{name} on Reddit.", name=name))
    if response.status_code == httpx.codes.FORBIDDEN and "www-authenticate" not in response.headers:
        raise Rejected(phrase("r/{name} is closed to this account.", name=name))
    return dict(api.good(response).get("data") or {})


def _demand_open(name: str, about: Mapping[str, Any], post: Post) -> None:
    is_words, is_gallery = post.post_type == "self_text", post.post_type == "gallery"
    takes = about.get("submission_type") or "any"
    is_shut = about.get("subreddit_type") in ("restricted", "private", "archived")
    reasons = (
        (about.get("user_is_banned"), phrase("r/{name} has banned this account.", name=name)),
        (
            is_shut and not about.get("user_is_contributor"),
            phrase("r/{name} takes posts only of people its moderators approved: ask them.", name=name),
        ),
        (takes == "link" and is_words, phrase("r/{name} takes no text posts.", name=name)),
        (takes == "self" and not is_words, phrase("r/{name} takes text posts only.", name=name)),
        (post.media and about.get("allow_images") is False, phrase("r/{name} takes no pictures.", name=name)),
        (is_gallery and about.get("allow_galleries") is False, phrase("r/{name} takes one picture only.", name=name)),
    )
    _refuse_first(reasons)


def _demand_fitting(name: str, rules: Mapping[str, Any], post: Post) -> None:
    """The rules that moderators set for a post's words."""
    length, least, most = len(title_of(post)), rules.get("title_text_min_length"), rules.get("title_text_max_length")
    body, policy = body_of(post), rules.get("body_restriction_policy")
    reasons = (
        (least and length < least, phrase("r/{name} wants titles of {least} signs at least.", name=name, least=least)),
        (most and length > most, phrase("r/{name} takes titles of {most} signs at most.", name=name, most=most)),
        (policy == "required" and not body, phrase("r/{name} wants words below the title.", name=name)),
        (policy == "notAllowed" and body, phrase("r/{name} takes no words below the title: empty them.", name=name)),
    )
    _refuse_first(reasons)


def _refuse_first(reasons: Iterable[tuple[Any, str]]) -> None:
    if why := next((words for is_so, words in reasons if is_so), ""):
        raise Rejected(why)


def _flair(api: Api, name: str, wanted: str, *, is_needed: bool) -> str:
    if not (wanted or is_needed):
        return ""
    rows = [row for row in api.rows(f"/r/{name}/api/link_flair_v2") if not row.get("mod_only")]
    known = {str(row.get("text") or "").strip(): str(row.get("id") or "") for row in rows}
    fitting = [flair for text, flair in known.items() if text.casefold() == wanted.casefold()]
    if wanted and fitting:
        return fitting[0]
    told = {"name": name, "names": ", ".join(f"“{text}”" for text in list(known)[:_MOST_NAMED]) or "—"}
    if wanted:
        raise Rejected(phrase("r/{name} has no flair “{wanted}”. It has: {names}.", wanted=wanted, **told))
    raise Rejected(phrase("r/{name} wants a flair. It has: {names}.", **told))
