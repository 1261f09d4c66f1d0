"""Searches that people keep: for themselves, or for everybody in the workspace."""

from django.db import IntegrityError, transaction

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library import queries
from crosscut.apps.library.models import SavedSearch
from crosscut.kernel.errors import Conflict, Invalid, NotAllowed
from crosscut.kernel.phrases import phrase

NAME_LIMIT = 80


@transaction.atomic
def save_search(by: Member, name: str, text: str, *, is_shared: bool = False) -> SavedSearch:
    """The search under this name. Raises Conflict when the member has one of that name, NotAllowed for guests.

    Whoever may not draft keeps searches for themselves only.
    """
    queries.refuse_guests(by)
    if is_shared:
        demand(by, "draft")
    name, text = " ".join(name.split()), text.strip()
    if not name or not text:
        where, message = ("name", "Give it a name.") if text else ("text", "Search for something first.")
        raise Invalid.at(where, message)
    if len(name) > NAME_LIMIT or "\0" in name + text:
        raise Invalid.at("name", phrase("A name has at most {most} characters that can be printed.", most=NAME_LIMIT))
    try:
        with transaction.atomic():
            saved = SavedSearch.objects.create(
                workspace_id=by.workspace_id, member=by, name=name, text=text[:1000], is_shared=is_shared
            )
    except IntegrityError as fault:
        raise Conflict(
            phrase("You have kept a search named “{name}” already. Choose another name.", name=name)
        ) from fault
    record("search.saved", saved, by=by, text=saved.text, is_shared=is_shared)
    return saved


@transaction.atomic
def forget_search(by: Member, search_id: int) -> None:
    """Forgets it. Raises NotFound, and NotAllowed for somebody else's; leads may forget every shared one."""
    saved = queries.saved_search_for(by, search_id)
    if saved.member_id != by.pk and by.role != "lead":
        raise NotAllowed(
            phrase(
                "“{name}” was shared by {member}. Only they or a lead can forget it.",
                name=saved.name,
                member=str(saved.member),
            )
        )
    record("search.forgotten", saved, by=by, text=saved.text)
    saved.delete()
