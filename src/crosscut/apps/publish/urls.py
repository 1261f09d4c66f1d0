"""Addresses of posts, the calendar and the hold switch."""

from django.urls import path

from crosscut.apps.publish.views import accounts, calendar, holds, piece, post, posts, replacing, takedowns

urlpatterns = [
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/posts/", calendar.events, name="calendar-posts"),
    path("calendar/posts/<int:post_id>/move/", calendar.move, name="calendar-move"),
    path("posts/", posts.posts, name="posts"),
    path("posts/<int:post_id>/", post.post, name="post"),
    path("posts/<int:post_id>/panel/", post.panel, name="post-panel"),
    path("posts/<int:post_id>/live/", post.live, name="post-live"),
    path("posts/<int:post_id>/move/", post.move, name="post-move"),
    path("posts/<int:post_id>/send-now/", post.send_now, name="post-send-now"),
    path("posts/<int:post_id>/cancel/", post.cancel, name="post-cancel"),
    path("posts/<int:post_id>/take-down/", post.take_down, name="post-take-down"),
    path("posts/<int:post_id>/settle/", post.settle, name="post-settle"),
    path("posts/<int:post_id>/keep-one/", post.keep_one, name="post-keep-one"),
    path("posts/<int:post_id>/look/", post.look, name="post-look"),
    path("pieces/<int:piece_id>/posts/", piece.posts, name="piece-posts"),
    path("pieces/<int:piece_id>/posts/when/", piece.when, name="piece-when"),
    path("pieces/<int:piece_id>/posts/schedule/", piece.schedule, name="piece-schedule"),
    path("accounts/<int:account_id>/standing/", accounts.standing, name="account-standing"),
    path("rights/", takedowns.takedowns, name="takedowns"),
    path("rights/takedowns/<int:takedown_id>/close/", takedowns.close, name="takedown-close"),
    path("library/<int:asset_id>/replace/", replacing.replace, name="asset-replace"),
    path("replacements/<int:replacement_id>/", replacing.replacement, name="replacement"),
    path("replacements/<int:replacement_id>/undo/", replacing.undo, name="replacement-undo"),
    path("hold/", holds.place, name="hold-place"),
    path("hold/<int:hold_id>/lift/", holds.lift, name="hold-lift"),
]
