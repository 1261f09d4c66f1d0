"""The style page's address."""

from django.urls import path

from crosscut.site.style import views

urlpatterns = [
    path("style/", views.style, name="style"),
    path("style/sign-in/", views.entry, name="style-entry"),
    path("style/calendar/", views.calendar, name="style-calendar"),
    path("style/calendar/posts/", views.events, name="style-events"),
    path("style/calendar/posts/<int:post>/move/", views.move, name="style-move"),
    path("style/calendar/posts/<int:post>/copy/", views.copy, name="style-copy"),
    path("style/calendar/move/", views.move_together, name="style-move-together"),
]
