"""The people of the worked campaign, and how one signs in as them."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from crosscut.apps.accounts.models import ApprovalRule, Member, Role, User, Workspace
from crosscut.apps.accounts.services.people import found_workspace, register_user

NAME = "Reef Watch"
SLUG = "reef-watch"
TIME_ZONE = "Europe/Lisbon"
_PEOPLE = (("lead", "Lena Marques"), ("senior", "Samir Costa"), ("junior", "Jo Almeida"))


@dataclass(frozen=True, kw_only=True)
class People:
    """Who plays."""

    lead: Member
    senior: Member
    junior: Member


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """How the person at the screen gets in."""

    email: str
    password: str


def gather(home: Path) -> People:
    """The workspace and its people, made the first time."""
    workspace = Workspace.objects.filter(slug=SLUG, is_demo=True).first() or _found(home)
    rows = {row.role: row for row in Member.objects.filter(workspace=workspace).select_related("user", "workspace")}
    return People(lead=rows[Role.LEAD], senior=rows[Role.SENIOR], junior=rows[Role.JUNIOR])


def sign_in(home: Path) -> SignIn:
    """The lead's sign-in, as it was made for this installation alone."""
    return SignIn(email=_email("lead"), password=_password(home))


def _found(home: Path) -> Workspace:
    password = _password(home)
    users = {
        role: User.objects.filter(email=_email(role)).first() or register_user(_email(role), name, password)
        for role, name in _PEOPLE
    }
    lead = found_workspace(NAME, owner=users["lead"], time_zone=TIME_ZONE, is_demo=True)
    workspace = lead.workspace
    workspace.approval_rule = ApprovalRule.EVERYONE
    workspace.save(update_fields=["approval_rule"])
    for role in ("senior", "junior"):
        Member.objects.get_or_create(workspace=workspace, user=users[role], defaults={"role": role})
    return workspace


def _email(role: str) -> str:
    return f"{role}@reef-watch.example"


def _password(home: Path) -> str:
    path = home / "run" / "demo.json"
    if not path.exists():
        draft = path.with_suffix(".new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump({"password": f"reef-{secrets.token_hex(6)}"}, file)
        draft.replace(path)
    password: str = json.loads(path.read_text())["password"]
    return password
