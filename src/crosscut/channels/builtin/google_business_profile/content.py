"""What Google is told of a post, and what of it is read back.

https://developers.google.com/my-business/reference/rest/v4/accounts.locations.localPosts, a stored copy read
2026-11-30.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from crosscut.channels.builtin.google_business_profile.extra import Button, PostExtra
from crosscut.channels.protocol import Post
from crosscut.channels.wording import essence
from crosscut.kernel.errors import Rejected
from crosscut.kernel.facts import Kind
from crosscut.kernel.phrases import phrase

CHANGED = ("summary", "callToAction", "event", "offer")  # what a change may change; the picture stays
_OURS = PostExtra.model_fields


def told_of(post: Post) -> dict[str, Any]:
    """The post as Google takes it (LocalPost)."""
    return {"languageCode": post.language, "topicType": post.post_type.upper(), **words_of(post), **_pictures(post)}


def words_of(post: Post) -> dict[str, Any]:
    """What a post says, without its picture."""
    extra = PostExtra.model_validate({name: value for name, value in post.extra.items() if name in _OURS})
    told: dict[str, Any] = {"summary": post.text}
    if post.post_type != "standard":
        told["event"] = _event(post, extra)
    if post.post_type == "offer":
        given = {
            "couponCode": extra.coupon,
            "redeemOnlineUrl": extra.redeem_url or post.link,
            "termsConditions": extra.terms,
        }
        told["offer"] = {name: value for name, value in given.items() if value}
    elif button := _button(post, extra):
        told["callToAction"] = button
    return told


def is_ours(row: Mapping[str, Any], post: Post) -> bool:
    """Whether words, title and kind are the post's."""
    title = (row.get("event") or {}).get("title") or ""
    wanted = post.title if post.post_type != "standard" else ""
    is_kind = row.get("topicType") in (None, post.post_type.upper())
    return (
        is_kind and essence(str(row.get("summary") or "")) == essence(post.text) and essence(title) == essence(wanted)
    )


def link_in(row: Mapping[str, Any]) -> str:
    """Where its button, or its offer, leads."""
    told = (row.get("callToAction") or {}).get("url") or (row.get("offer") or {}).get("redeemOnlineUrl")
    return str(told or "")


def made_at(row: Mapping[str, Any]) -> datetime:
    """When a post was made, aware UTC. Google gives up to nine places after the second's point.

    >>> made_at({"createTime": "2026-11-30T09:00:00.045123456Z"}).isoformat()
    '2026-11-30T09:00:00.045123+00:00'
    """
    whole, _, rest = str(row.get("createTime") or "1970-01-01T00:00:00Z").removesuffix("Z").partition(".")
    return datetime.fromisoformat(f"{whole}.{(rest + '000000')[:6]}+00:00")


def _pictures(post: Post) -> dict[str, Any]:
    if any(media.kind is not Kind.IMAGE for media in post.media):
        raise Rejected(phrase("Google takes pictures in posts from programs, and no films: post it by hand."))
    if not all(media.public_url for media in post.media):
        raise Rejected(
            phrase("Google fetches pictures itself, and this installation offers none: it has no public address.")
        )
    media = [{"mediaFormat": "PHOTO", "sourceUrl": one.public_url} for one in post.media]
    return {"media": media} if media else {}


def _event(post: Post, extra: PostExtra) -> dict[str, Any]:
    if not post.title:
        raise Rejected(phrase("An event or offer on Google has a title: give one."))
    if extra.starts_on is None:
        raise Rejected(phrase("Say on which day the event or offer begins."))
    last = extra.ends_on or extra.starts_on
    schedule = {"startDate": _day(extra.starts_on), "endDate": _day(last)}
    if extra.starts_at or extra.ends_at:
        schedule |= {"startTime": _time(extra.starts_at or time.min), "endTime": _time(extra.ends_at or time(23, 59))}
    return {"title": post.title, "schedule": schedule}


def _button(post: Post, extra: PostExtra) -> dict[str, str]:
    if extra.button is Button.CALL:
        return {"actionType": extra.button}
    if not post.link:
        if extra.button:
            raise Rejected(phrase("This button leads to the post's link: give one."))
        return {}
    return {"actionType": extra.button or Button.LEARN_MORE, "url": post.link}


def _day(day: date) -> dict[str, int]:
    return {"year": day.year, "month": day.month, "day": day.day}


def _time(at: time) -> dict[str, int]:
    return {"hours": at.hour, "minutes": at.minute}
