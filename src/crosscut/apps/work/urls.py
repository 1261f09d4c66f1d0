"""Addresses of long work."""

from django.urls import path

from crosscut.apps.work import views

urlpatterns = [
    path("jobs/running/", views.running, name="jobs-running"),
    path("jobs/<int:job_id>/cancel/", views.cancel, name="job-cancel"),
    path("jobs/<int:job_id>/pause/", views.pause, name="job-pause"),
    path("jobs/<int:job_id>/resume/", views.resume, name="job-resume"),
]
