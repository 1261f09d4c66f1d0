"""The desk's addresses."""

from importlib.util import find_spec

from django.urls import include, path

_APPS = ("accounts", "work", "plan", "library", "produce", "preflight", "publish", "measure", "report")

urlpatterns = [
    path("", include(f"crosscut.apps.{app}.urls")) for app in _APPS if find_spec(f"crosscut.apps.{app}.urls")
]
