"""What a person tells about a channel on YouTube."""

from crosscut.channels.fields import WebAddress, for_programs
from crosscut.channels.google import GoogleApp


class Settings(GoogleApp):
    """One app of the person's own at Google, and where it speaks to YouTube."""

    api_url: WebAddress = for_programs("https://www.googleapis.com", "API", "Where it answers.")
    public_url: WebAddress = for_programs("https://www.youtube.com", "Public pages", "Where everybody watches.")
