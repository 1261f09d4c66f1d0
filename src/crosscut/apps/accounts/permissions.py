"""What each role may do. A rule that depends on the thing itself stands with the thing's services."""

from crosscut.apps.accounts.models import Member, Role
from crosscut.kernel.errors import NotAllowed
from crosscut.kernel.phrases import phrase

_RANK = {Role.GUEST: 0, Role.JUNIOR: 1, Role.SPECIALIST: 2, Role.SENIOR: 3, Role.LEAD: 4}

# The lowest role that may do each thing.
_LOWEST = {
    "draft": Role.JUNIOR,  # write pieces, upload, describe assets
    "plan": Role.SPECIALIST,  # create campaigns and audiences, enter costs
    "schedule": Role.SPECIALIST,  # schedule and publish in own campaigns
    "clear": Role.SPECIALIST,  # enter licences
    "share": Role.SPECIALIST,  # show work to guests, and end that
    "approve": Role.SENIOR,
    "approval_steps": Role.SENIOR,  # say who approves the pieces of a campaign
    "readers": Role.SENIOR,  # see and change who reads a newsletter: other people's addresses
    "timetable": Role.SENIOR,  # say when accounts publish, and when nothing goes out
    "links": Role.SENIOR,  # say how links are marked
    "markets": Role.SENIOR,  # say what posts in a language are held to
    "waive": Role.SENIOR,
    "others_campaigns": Role.SENIOR,  # change a campaign that somebody else owns
    "hold": Role.SENIOR,
    "settle": Role.SENIOR,  # decide what Crosscut could not find out
    "members": Role.LEAD,
    "accounts": Role.LEAD,
    "workspace": Role.LEAD,
}


_CALLED = {
    Role.JUNIOR: phrase("junior"),
    Role.SPECIALIST: phrase("specialist"),
    Role.SENIOR: phrase("senior"),
    Role.LEAD: phrase("lead"),
}


def can(member: Member, thing: str) -> bool:
    """Whether the member's role is high enough."""
    return _RANK[Role(member.role)] >= _RANK[_LOWEST[thing]]


def roles_that_may(thing: str) -> list[str]:
    """The roles that are high enough, as they stand in the database.

    >>> roles_that_may("approve")
    ['senior', 'lead']
    """
    return [role.value for role in Role if _RANK[role] >= _RANK[_LOWEST[thing]]]


def demand(member: Member, thing: str) -> None:
    """Raises NotAllowed, naming who could, when the role is too low."""
    if not can(member, thing):
        raise NotAllowed(
            phrase("Your role here does not allow this. Ask a {who} or somebody above.", who=_CALLED[_LOWEST[thing]])
        )
