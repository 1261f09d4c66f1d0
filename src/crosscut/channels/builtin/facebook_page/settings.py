"""What a person tells about a Facebook Page."""

from crosscut.channels.fields import WebAddress, for_programs
from crosscut.channels.graph import settings


class Settings(settings.App):
    """One app of the person's own at Meta, and where it speaks to Facebook."""

    app_id: str = settings.app_id("App ID", "From your app's dashboard: App settings → Basic.")
    version: str = settings.version("v25.0")
    graph_url: WebAddress = settings.api("https://graph.facebook.com")
    login_url: WebAddress = settings.login_page("https://www.facebook.com")
    upload_url: WebAddress = for_programs("https://rupload.facebook.com", "Uploads", "Where reels are handed over.")
