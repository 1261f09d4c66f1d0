"""The people every test knows: one of each role in one workspace, and a stranger who leads another.

The fixture `cast` gives them; `crosscut.apps.accounts.tests.asking` lets them come in.
"""

from dataclasses import dataclass
from functools import cache

import pytest
from django.contrib.auth.hashers import make_password

from crosscut.apps.accounts.models import Member, Role, User, Workspace
from crosscut.apps.accounts.services.people import found_workspace

PASSWORD = "coral-and-kelp-forest"
_OTHERS = (Role.SENIOR, Role.SPECIALIST, Role.JUNIOR, Role.GUEST)  # beside the lead


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Who is there."""

    lead: Member
    senior: Member
    specialist: Member
    junior: Member
    guest: Member
    stranger: Member  # the lead of another workspace
    workspace: Workspace  # everybody's but the stranger's

    @property
    def team(self) -> tuple[Member, ...]:
        """Everybody in the workspace, from the most to the least allowed."""
        return self.lead, self.senior, self.specialist, self.junior, self.guest


def make_cast() -> Cast:
    """The people, stored."""
    names = {"lead": "Lena Lead", "stranger": "Sam Stranger"} | {role.value: f"{role.label} Person" for role in _OTHERS}
    users = {name: _user(name, full_name) for name, full_name in names.items()}
    User.objects.bulk_create(users.values())
    lead = found_workspace("Reef Watch", owner=users["lead"], time_zone="Europe/Berlin")
    stranger = found_workspace("Other House", owner=users["stranger"])
    others = {role.value: Member(workspace=lead.workspace, user=users[role.value], role=role) for role in _OTHERS}
    Member.objects.bulk_create(others.values())
    return Cast(lead=lead, stranger=stranger, workspace=lead.workspace, **others)


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast, in the database."""
    return make_cast()


def _user(name: str, full_name: str) -> User:
    return User(email=f"{name}@example.org", password=_hashed(), name=full_name)


@cache
def _hashed() -> str:
    """The real hash of the one password. Made once: it is slow on purpose, and half a test's time for six people."""
    return make_password(PASSWORD)
