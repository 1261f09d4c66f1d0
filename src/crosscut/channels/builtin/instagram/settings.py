"""What a person tells about an Instagram account."""

from crosscut.channels.fields import WebAddress
from crosscut.channels.graph import settings


class Settings(settings.AppWithLogins):
    """One app of the person's own at Meta, and where it speaks to Instagram."""

    app_id: str = settings.app_id(
        "Instagram app ID", "From your app's dashboard: Instagram → API setup with Instagram login."
    )
    version: str = settings.version("v25.0")
    graph_url: WebAddress = settings.api("https://graph.instagram.com")
    login_url: WebAddress = settings.login_page("https://www.instagram.com/oauth/authorize")
    token_url: WebAddress = settings.logins("https://api.instagram.com/oauth/access_token")
