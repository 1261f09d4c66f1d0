"""What a person tells about their app at Meta: the fields that each network's settings have in common."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from crosscut.channels.fields import FOR_PROGRAMS, WebAddress, for_programs


def app_id(title: str, description: str) -> Any:
    """The field for the app's number."""
    return Field(title=title, description=description, pattern=r"^\d{5,25}$")


def version(default: str, description: str = "Of the Graph API.") -> Any:
    """The field for the version that is spoken."""
    return Field(
        default, title="Version", description=description, pattern=r"^v\d+\.\d+$", json_schema_extra=FOR_PROGRAMS
    )


def api(default: str) -> Any:
    """The field for where the network answers."""
    return for_programs(default, "API", "Where it answers.")


def login_page(default: str) -> Any:
    """The field for where the person says yes."""
    return for_programs(default, "Login page", "Where the person says yes.")


def logins(default: str) -> Any:
    """The field for where a code becomes a login."""
    return for_programs(default, "Logins", "Where a code is turned in.")


class App(BaseModel):
    """One app of the person's own at Meta. Each network says where it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    app_id: str
    version: str
    graph_url: WebAddress
    login_url: WebAddress


class AppWithLogins(App):
    """One of a network that has its logins at an address of their own."""

    token_url: WebAddress
