"""Requests of Slack's Web API, and what its refusals mean.

https://docs.slack.dev/apis/web-api and …/apis/web-api/rate-limits, as of 2026-11-30; field names compared with the
machine contract slack-api-specs 1.7.0 of 2021. A refusal is an answer of 200 with `"ok": false` and a word in `error`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from crosscut.channels import answers
from crosscut.kernel.errors import ChannelError, OutcomeUnknown, Problem, ReconnectNeeded, Rejected, RetryLater
from crosscut.kernel.phrases import phrase

# What a person has to put right in Slack before anything works here again.
_LOGIN = {
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "no_permission",
    "missing_scope", "not_allowed_token_type", "not_in_channel", "channel_not_found", "is_archived",
    "restricted_action", "access_denied", "team_access_not_granted", "org_login_required", "ekm_access_denied",
}  # fmt: skip
_LATER = {"ratelimited", "rate_limited", "service_unavailable", "request_timeout", "team_added_to_org"}
# "It's possible some aspect of the operation succeeded before the error was raised", says the reference of each method.
_NO_ANSWER = {"fatal_error", "internal_error"}
GONE = {"message_not_found", "file_not_found", "file_deleted"}


@dataclass(frozen=True, kw_only=True)
class Api:
    """Slack, asked as one app."""

    http: httpx.Client
    url: str  # without a slash at the end
    token: str = field(repr=False)

    def ask(self, method: str, **fields: Any) -> dict[str, Any]:
        """The answer to a question, or to a change of what is there. Raises RetryLater, ReconnectNeeded or Rejected."""
        response = answers.ask(
            self.http,
            "POST",
            f"{self.url}/{method}",
            fine=(429,),
            headers=self._headers(),
            follow_redirects=False,
            data=fields,
        )
        said = answers.object_in(response)
        if not said.get("ok"):
            raise refusal_of(response)
        return said

    def make(self, method: str, body: Mapping[str, Any], *, key: str) -> dict[str, Any]:
        """The answer to the request that makes the post.

        Raises OutcomeUnknown when it may have been made, RetryLater, ReconnectNeeded or Rejected when it was not.
        """
        response = answers.send(
            self.http,
            "POST",
            f"{self.url}/{method}",
            key=key,
            fine=(429,),
            headers=self._headers(),
            json=dict(body),
        )
        said = answers.object_in(response)
        if said.get("ok"):
            return said
        if response.is_success and (not said or said.get("error") in _NO_ANSWER):
            words = phrase(
                "Slack gives no clear answer: {said}", said=str(said.get("error") or answers.words(response))
            )
            raise OutcomeUnknown(words, key=key)
        raise refusal_of(response)

    def put(self, address: str, content: bytes) -> None:
        """The bytes of a file at the address Slack gave for them, which is the permission: no token goes along."""
        answers.ask(self.http, "POST", address, content=content, follow_redirects=False)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def refusal_of(response: httpx.Response) -> ChannelError:
    """What an answer means that is not ok, where the request certainly made no post."""
    said = answers.object_in(response)
    word = str(said.get("error") or "")
    needed = f" ({said['needed']})" if said.get("needed") else ""
    problem = Problem(
        code=f"slack.{word or response.status_code}", message=word, values={"status": response.status_code}
    )
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS or word in _LATER:
        words = phrase("Slack asks to wait: {said}", said=word or "429")
        return RetryLater(words, after_s=answers.retry_after_s(response), problems=[problem])
    if word in _LOGIN:
        words = phrase("The app may not do this in the channel: {said}", said=f"{word}{needed}")
        return ReconnectNeeded(words, problems=[problem])
    if not word or word in _NO_ANSWER:
        words = phrase("Slack does not answer as it should: {said}", said=word or answers.words(response))
        return RetryLater(words, after_s=60, problems=[problem])
    return Rejected(phrase("Slack refuses: {said}", said=word), problems=[problem])
