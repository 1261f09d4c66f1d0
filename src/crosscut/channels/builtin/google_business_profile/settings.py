"""What a person tells about a place on Google."""

from crosscut.channels.fields import WebAddress, for_programs
from crosscut.channels.google import GoogleApp


class Settings(GoogleApp):
    """One app of the person's own at Google, and where it speaks to the Business Profile APIs."""

    api_url: WebAddress = for_programs("https://mybusiness.googleapis.com", "Posts", "Where posts are made.")
    accounts_url: WebAddress = for_programs(
        "https://mybusinessaccountmanagement.googleapis.com", "Accounts", "Where accounts are listed."
    )
    places_url: WebAddress = for_programs(
        "https://mybusinessbusinessinformation.googleapis.com", "Places", "Where places are listed."
    )
