"""What the public sees of this installation, on an origin of its own."""

from django.urls import path, re_path

from crosscut.apps.measure.views import count
from crosscut.apps.produce.views.follow import follow
from crosscut.apps.publish.views.offered import offered
from crosscut.apps.readers.views import public as readers
from crosscut.site.public import nothing_here, serve

urlpatterns = [
    path("count/<slug:workspace>", count),
    path("go/<slug:workspace>/<slug:code>", follow),
    path("letters/join/<int:account_id>", readers.join, name="letters-join"),
    path("letters/confirm/<str:code>", readers.confirm, name="letters-confirm"),
    path("letters/leave/<str:code>", readers.leave, name="letters-leave"),
    path("letters/<str:name>", readers.dress),
    path("offered/<str:note>/<str:name>", offered),
    re_path(r"^(?P<place>[a-z0-9][a-z0-9-]*)(?:/.*)?$", serve),
]
handler404 = nothing_here
