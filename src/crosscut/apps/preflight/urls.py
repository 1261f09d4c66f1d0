"""The addresses of findings."""

from django.urls import path

from crosscut.apps.preflight import views

urlpatterns = [
    path("pieces/<int:piece_id>/findings/", views.findings, name="piece-findings"),
    path("pieces/<int:piece_id>/findings/make/", views.make, name="piece-make"),
    path("pieces/<int:piece_id>/findings/waive/", views.waive, name="piece-waive"),
    path("pieces/<int:piece_id>/waivers/<int:waiver_id>/end/", views.end_waiver, name="waiver-end"),
]
