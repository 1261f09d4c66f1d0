"""Requests of TikTok's Content Posting and Display APIs, version 2, and what their refusals mean.

https://developers.tiktok.com/doc/tiktok-api-v2-error-handling, …/content-posting-api-reference-direct-post and
…/content-posting-api-reference-get-video-status, as of 2026-10-04. Every answer is an object with `data` and `error`;
the latter's `code` is "ok" where all went well.
"""

from dataclasses import dataclass
from typing import Any

import httpx

from crosscut.channels import answers
from crosscut.channels.rest import Rest
from crosscut.kernel.errors import ChannelError, Problem, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

_ABOUT_LOGIN = ("access_token_invalid", "scope_not_authorized", "scope_permission_missed")
_WAITS_S = {  # TikTok names no time: a minute's window, or a day's
    "rate_limit_exceeded": 60.0,
    "spam_risk_too_many_pending_share": 3600.0,
    "spam_risk_too_many_posts": 3600.0,
    "reached_active_user_cap": 3600.0,
}
_WHY = {
    "unaudited_client_can_only_post_to_private_accounts": phrase(
        "TikTok has not audited your app: until then it takes only posts that nobody but you sees, from an "
        "account that is set to private."
    ),
    "url_ownership_unverified": phrase(
        "TikTok fetches pictures only from addresses that your app has proven to be yours: add this desk's address "
        "under URL properties."
    ),
    "privacy_level_option_mismatch": phrase("TikTok does not offer this account that choice of who sees it."),
    "spam_risk_user_banned_from_posting": phrase("TikTok lets this account publish nothing for now."),
}
UNKNOWN_ID = "invalid_publish_id"


@dataclass(frozen=True, kw_only=True)
class Api(Rest):
    """TikTok, asked as one account."""

    name = "TikTok"
    own_hosts = (".tiktokapis.com",)

    def refusal(self, response: httpx.Response) -> ChannelError:
        """What an answer means that is not good, where the request certainly made no post."""
        return refusal_of(response)

    def is_whole(self, response: httpx.Response, answer: dict[str, Any]) -> bool:
        """Whether it says that all went well."""
        return code_in(response) == "ok"

    def told(self, path: str, body: dict[str, Any], **params: Any) -> dict[str, Any]:
        """The data of an answer to a question: TikTok wants most of them as a POST."""
        return dict(self.post(path, json=body, params=params).get("data") or {})

    def creator(self) -> dict[str, Any]:
        """What the account may do just now: who may see its posts, and how long its films may be."""
        return self.told("/v2/post/publish/creator_info/query/", {})

    def status(self, publish_id: str) -> dict[str, Any] | None:
        """How far TikTok is with a post; None where it knows none of that name."""
        response = self.asked("POST", "/v2/post/publish/status/fetch/", json={"publish_id": publish_id})
        if code_in(response) == UNKNOWN_ID:
            return None
        return dict(self.good(response).get("data") or {})


def code_in(response: httpx.Response) -> str:
    """TikTok's word for what became of a request; empty where it says none."""
    error = answers.object_in(response).get("error")
    return str(error.get("code") or "") if isinstance(error, dict) else ""


def refusal_of(response: httpx.Response) -> ChannelError:
    """What an answer means that is not good, where the request certainly made no post."""
    status, said, code = response.status_code, answers.words(response), code_in(response)
    problem = Problem(code=f"tiktok.{code or f'http_{status}'}", message=said, values={"status": status})
    if code in _WAITS_S or status == httpx.codes.TOO_MANY_REQUESTS:
        has_time = "retry-after" in response.headers
        wait_s = answers.retry_after_s(response) if has_time else _WAITS_S.get(code, 60.0)
        words = phrase("TikTok asks to wait ({code}): {said}", code=code or status, said=said)
        return RetryLater(words, after_s=wait_s, problems=[problem])
    if status >= 500 or code == "internal_error":
        return RetryLater(phrase("TikTok is in trouble: {said}", said=said), after_s=60, problems=[problem])
    if status == httpx.codes.UNAUTHORIZED or code in _ABOUT_LOGIN:
        return ReconnectNeeded(phrase("TikTok does not let this login do it: {said}", said=said), problems=[problem])
    return Rejected(_WHY.get(code) or phrase("TikTok refuses: {said}", said=said), problems=[problem])
