"""Reading calendars that others keep: a file at an address, or a collection on a CalDAV server (RFC 4791).

Only what is needed to read, and over the guarded client: the `caldav` package brings a client of its own, which would
reach into our own network. What comes back is text that nobody has looked at yet; it is read in a capped child.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

import httpx
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from crosscut.channels import http
from crosscut.kernel.errors import Invalid, Unavailable
from crosscut.kernel.phrases import phrase

MAX_BYTES = 10 * 2**20  # a calendar longer than this is a mistake
_DAV, _CAL = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
_QUERY = """<?xml version="1.0" encoding="utf-8"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
  <D:prop><C:calendar-data/></D:prop>
  <C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">
    <C:time-range start="{start:%Y%m%dT%H%M%SZ}" end="{end:%Y%m%dT%H%M%SZ}"/>
  </C:comp-filter></C:comp-filter></C:filter>
</C:calendar-query>"""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a calendar is, and who asks."""

    address: str
    user: str = ""
    password: str = ""

    @property
    def login(self) -> tuple[str, str] | None:
        """For the server; None where it asks for none."""
        return (self.user, self.password) if self.user or self.password else None


def checked_address(text: str) -> str:
    """The address as it is asked. Raises Invalid for what is no web address, or has a login in it.

    >>> checked_address(" webcal://calendar.example/holidays.ics ")
    'https://calendar.example/holidays.ics'
    """
    said = text.strip()
    if said.lower().startswith("webcal:"):
        said = f"https:{said[len('webcal:') :]}"
    try:
        url = httpx.URL(said)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in ("https", "http") or not url.host or len(said) > 2000:
        raise Invalid.at("address", phrase("Give its web address, beginning with https:// or webcal://."))
    if url.userinfo:
        raise Invalid.at("address", phrase("Give user and password in their own fields, not in the address."))
    return said


def read_file(web: httpx.Client, place: Place) -> bytes:
    """The file at the address, whatever is in it.

    Raises Invalid where it is too long or is not given to us, Unavailable where nobody answers.
    """
    return _asked(web, "GET", place, {"Accept": "text/calendar"}).content


def read_collection(web: httpx.Client, place: Place, start: datetime, end: datetime) -> bytes:
    """All calendars of the collection with events in [start, end), one after the other; empty where there are none.

    Raises what `read_file` raises.
    """
    query = _QUERY.format(start=start.astimezone(UTC), end=end.astimezone(UTC))
    headers = {"Content-Type": "application/xml; charset=utf-8", "Depth": "1"}
    answer = _asked(web, "REPORT", place, headers, content=query.encode())
    return b"\r\n".join(_calendars(answer.content))


def _asked(
    web: httpx.Client, method: str, place: Place, headers: dict[str, str], content: bytes | None = None
) -> httpx.Response:
    login = httpx.BasicAuth(*place.login) if place.login else None
    try:
        answer = web.request(method, place.address, headers=headers, content=content, auth=login)
    except http.TooLarge as error:
        most = MAX_BYTES // 2**20
        raise Invalid.at("address", phrase("This calendar is longer than {most} MB.", most=most)) from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.TooManyRedirects) as error:
        message = phrase("This address cannot be asked: {error}", error=str(error))
        raise Invalid.at("address", message) from error
    except httpx.RequestError as error:
        raise Unavailable(phrase("The server does not answer: {error}", error=str(error)), after_s=60) from error
    return _good(answer, method)


def _good(answer: httpx.Response, method: str) -> httpx.Response:
    status = answer.status_code
    if status in (401, 403):
        raise Invalid.at("address", phrase("The server does not let us read it: look at user and password."))
    if status in (404, 410):
        raise Invalid.at("address", phrase("There is nothing at this address."))
    if method == "REPORT" and status in (400, 405, 415, 501):
        raise Invalid.at("address", phrase("This address is no calendar on a CalDAV server."))
    if status >= 500 or status == 429:
        raise Unavailable(phrase("The server answered {status}: it is asked again later.", status=status), after_s=600)
    if status not in (200, 207):
        raise Invalid.at("address", phrase("The server answered {status}, which says nothing.", status=status))
    return answer


def _calendars(document: bytes) -> list[bytes]:
    """The calendars in a multistatus answer. Raises Invalid for what is none, a document with entities among it."""
    try:
        root: Element = fromstring(document, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Invalid.at("address", phrase("The server's answer is no list of calendars.")) from error
    if root.tag != f"{_DAV}multistatus":
        raise Invalid.at("address", phrase("The server's answer is no list of calendars."))
    return [(data.text or "").encode() for data in root.iter(f"{_CAL}calendar-data") if data.text]
