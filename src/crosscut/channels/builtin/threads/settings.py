"""What a person tells about a Threads profile."""

from crosscut.channels.fields import WebAddress
from crosscut.channels.graph import settings


class Settings(settings.AppWithLogins):
    """One app of the person's own at Meta, and where it speaks to Threads."""

    app_id: str = settings.app_id(
        "Threads app ID", "From your app’s dashboard: Use cases → Access the Threads API → Settings."
    )
    version: str = settings.version("v1.0", "Of the Threads API.")
    graph_url: WebAddress = settings.api("https://graph.threads.net")
    login_url: WebAddress = settings.login_page("https://threads.net/oauth/authorize")
    token_url: WebAddress = settings.logins("https://graph.threads.net/oauth/access_token")
