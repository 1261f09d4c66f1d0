"""Requests of the YouTube Data API, version 3, and what its refusals mean.

https://developers.google.com/youtube/v3/docs/errors and …/guides/quota_and_compliance_audits, as of 2026-10-04; field
names: Google's discovery document of 2026-11-04. A refusal is an object `error` with `code`, `message` and `errors`,
each of which has a `reason`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from crosscut.channels import answers
from crosscut.channels.rest import Rest
from crosscut.channels.staging import lost
from crosscut.kernel.errors import ChannelError, Problem, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

_DAY_IS_OVER = ("quotaExceeded", "dailyLimitExceeded", "uploadLimitExceeded", "uploadRateLimitExceeded")
_TOO_FAST = ("rateLimitExceeded", "userRateLimitExceeded", "backendError", "processingFailure")
_ABOUT_LOGIN = (
    "authError", "insufficientPermissions", "accessNotConfigured", "SERVICE_DISABLED", "youtubeSignupRequired",
    "authenticatedUserAccountSuspended", "authenticatedUserAccountClosed", "authenticatedUserNotChannel",
    "channelSuspended", "channelClosed",
)  # fmt: skip
_COUNTS_IN = ZoneInfo("America/Los_Angeles")  # a day of Google's quota ends at midnight there
_SLOW_DOWN_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Api(Rest):
    """YouTube, asked as one channel."""

    name = "YouTube"
    own_hosts = (".googleapis.com",)
    now: datetime  # aware UTC: when the quota begins anew follows from it

    def refusal(self, response: httpx.Response) -> ChannelError:
        """What an answer means that is not 2xx, where the request certainly made nothing public."""
        return refusal_of(response, self.now)

    def is_whole(self, response: httpx.Response, answer: dict[str, Any]) -> bool:
        """Whether it says what kind of thing it is, as everything of YouTube's does."""
        return str(answer.get("kind") or "").startswith("youtube#")

    def rows(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """The first page of a list; empty where YouTube says that there is none."""
        told = self.found(path, **params) or {}
        return [row for row in told.get("items") or () if isinstance(row, dict)]

    def film(self, name: str, *parts: str) -> dict[str, Any] | None:
        """What YouTube tells the channel of one of its films; None where there is none."""
        rows = self.rows("/youtube/v3/videos", part=",".join(parts), id=name)
        return rows[0] if rows else None


def refusal_of(response: httpx.Response, now: datetime) -> ChannelError:
    """What an answer means that is not 2xx, where the request certainly made nothing public."""
    status, said, reason = response.status_code, answers.words(response), reason_in(response)
    problem = Problem(code=f"youtube.{reason or f'http_{status}'}", message=said, values={"status": status})
    if reason in _DAY_IS_OVER:
        words = phrase(
            "The day's share of YouTube is used up ({reason}). It goes on at midnight in California.", reason=reason
        )
        return RetryLater(words, after_s=until_midnight_s(now), problems=[problem])
    if reason in _TOO_FAST or status == httpx.codes.TOO_MANY_REQUESTS:
        has_time = "retry-after" in response.headers
        wait_s = answers.retry_after_s(response) if has_time else _SLOW_DOWN_S
        return RetryLater(phrase("YouTube asks to wait: {said}", said=said), after_s=wait_s, problems=[problem])
    if reason == "videoNotFound":
        return gone()
    if status >= 500 or response.is_redirect:
        return RetryLater(phrase("YouTube is in trouble: {said}", said=said), after_s=60, problems=[problem])
    if status == httpx.codes.UNAUTHORIZED or reason in _ABOUT_LOGIN:
        return ReconnectNeeded(phrase("YouTube does not let this login do it: {said}", said=said), problems=[problem])
    return Rejected(phrase("YouTube refuses: {said}", said=said), problems=[problem])


def gone() -> RetryLater:
    """The film that we had there is not there any more."""
    return lost(phrase("YouTube no longer has the film: it is handed over anew."))


def reason_in(response: httpx.Response) -> str:
    """The first reason a refusal names; empty where it names none.

    >>> told = {"error": {"code": 403, "errors": [{"domain": "youtube.quota", "reason": "quotaExceeded"}]}}
    >>> reason_in(httpx.Response(403, json=told))
    'quotaExceeded'
    """
    error = answers.object_in(response).get("error")
    reasons = error.get("errors") if isinstance(error, dict) else ()
    return next((str(one["reason"]) for one in reasons or () if isinstance(one, dict) and one.get("reason")), "")


def until_midnight_s(now: datetime) -> float:
    """Seconds until the next day begins where Google counts days.

    >>> from datetime import UTC
    >>> until_midnight_s(datetime(2026, 11, 30, 7, 59, tzinfo=UTC))
    60.0
    """
    there = now.astimezone(_COUNTS_IN)
    midnight = datetime.combine(there.date() + timedelta(days=1), datetime.min.time(), tzinfo=_COUNTS_IN)
    return max(midnight.timestamp() - now.timestamp(), 1.0)
