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
    lead = found_workspace("Reef Watch", owner=_user("lead", "Lena Lead"), time_zone="Europe/Berlin")
    stranger = found_workspace("Other House", owner=_user("stranger", "Sam Stranger"))
    others = {
        role.value: Member.objects.create(
            workspace=lead.workspace, user=_user(role.value, f"{role.label} Person"), role=role
        )
        for role in (Role.SENIOR, Role.SPECIALIST, Role.JUNIOR, Role.GUEST)
    }
    return Cast(lead=lead, stranger=stranger, workspace=lead.workspace, **others)


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast, in the database."""
    return make_cast()


def _user(name: str, full_name: str) -> User:
    return User.objects.create(email=f"{name}@example.org", password=_hashed(), name=full_name)


@cache
def _hashed() -> str:
    """The real hash of the one password. Made once: it is slow on purpose, and half a test's time for six people."""
    return make_password(PASSWORD)
