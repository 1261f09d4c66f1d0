"""Files of posts under way, for the channels that fetch them. The public side: nobody is signed in here."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from crosscut.apps.library.serving import file_response
from crosscut.apps.publish.services import offer
from crosscut.kernel.errors import NotFound


@require_safe
def offered(request: HttpRequest, note: str, name: str) -> HttpResponseBase:
    """The file, or parts of it; a plain 404 for every address that is none, whatever the reason."""
    try:
        file = offer.offered(note)
        response = file_response(
            request, file.sha256, media_type=file.media_type, filename=name, size_bytes=file.size_bytes
        )
    except NotFound:
        return HttpResponse("There is nothing at this address.", status=404, content_type="text/plain; charset=utf-8")
    response["X-Robots-Tag"] = "noindex"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
