"""A login whose key works once, as X and TikTok give one: whoever comes with a used one ends it (RFC 9700)."""

from datetime import timedelta
from typing import Any

from tests.faults.bench.clock import Clock
from tests.faults.bench.strict import WITH_FILES, KeepsFiles, Refused, Request

LOGIN = (("drop_before", "drop_after", "error_before", "error_after", "garbled", "lie", "busy"), 0.15)


class Rotating(KeepsFiles):
    """A server with such a login for one account."""

    life_s = 7200

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.faults_known = {**WITH_FILES, "login": LOGIN}
        self.number, self.codes = 0, {"c0de"}
        self.token, self.token_ends_at, self.refresh, self.used_up = "", clock.now(), "", set[str]()
        self.used_twice = 0  # times somebody came with a key that was used up; ends the whole login
        self.secrets = self.log_in()

    def end_tokens(self) -> None:
        self.token = self.refresh = ""

    def log_in(self) -> dict[str, str]:
        """A new login, as a person's yes gives one."""
        self.number += 1
        self.token, self.refresh = f"access-{self.number}", f"refresh-{self.number}"
        self.token_ends_at = self.clock.now() + timedelta(seconds=self.life_s)
        return {"access_token": self.token, "refresh_token": self.refresh, "client_secret": "an-app-secret"}

    def next_login(self, form: dict[str, str]) -> dict[str, Any]:
        """The login for a code or for a key, each good once. Raises `no_grant` for any other."""
        if form.get("grant_type") == "authorization_code":
            if form["code"] not in self.codes:
                raise self.no_grant("The code is invalid.")
            self.codes.discard(form["code"])
        else:
            if form["refresh_token"] in self.used_up:
                self.used_twice += 1
                self.end_tokens()
            if form["refresh_token"] != self.refresh or not self.refresh:
                raise self.no_grant("The key is invalid.")
            self.used_up.add(self.refresh)
        told = self.log_in()
        return {name: told[name] for name in ("access_token", "refresh_token")} | {"expires_in": self.life_s}

    def no_grant(self, words: str) -> Refused:
        """How the network says that it gives no login."""
        return Refused(400, {"error": "invalid_request", "error_description": words})

    def is_signed_in(self, request: Request) -> bool:
        """Whether the request carries a login that still works."""
        return bool(self.token) and self.clock.now() < self.token_ends_at and request.token == self.token
