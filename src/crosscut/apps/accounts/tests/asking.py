"""How people of the cast come in: by browser and by program."""

from typing import Any

from django.test import Client

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.services.people import create_token


def signed_in(member: Member, **options: Any) -> Client:
    """A browser with the member's session, in the member's workspace."""
    client = Client(**options)
    client.force_login(member.user)
    session = client.session
    session["workspace"] = member.workspace_id
    session.save()
    return client


def program(member: Member) -> Client:
    """A program with a token of the member's."""
    return Client(headers={"Authorization": f"Bearer {create_token(member, 'test')[1]}"})
