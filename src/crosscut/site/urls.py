"""The desk's addresses."""

from importlib.util import find_spec

from django.urls import include, path

from crosscut.site import monitoring, search
from crosscut.site.api import api

_APPS = ("accounts", "work", "plan", "library", "produce", "preflight", "publish", "readers", "measure", "report")

urlpatterns = [
    path("api/", api.urls),
    path("search/", search.search, name="search"),
    path("health", monitoring.health, name="health"),
    path("", include("crosscut.site.style.urls")),
    path("metrics", monitoring.metrics, name="metrics"),
    *(path("", include(f"crosscut.apps.{app}.urls")) for app in _APPS if find_spec(f"crosscut.apps.{app}.urls")),
]
