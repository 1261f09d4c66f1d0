"""The desk's addresses of readers and letters. The public's are in `crosscut.site.public_urls`."""

from django.urls import path

from crosscut.apps.readers.views import letters, readers

urlpatterns = [
    path("accounts/<int:account_id>/readers/", readers.readers, name="readers"),
    path("accounts/<int:account_id>/readers/add/", readers.add, name="reader-add"),
    path("accounts/<int:account_id>/readers/bring/", readers.bring, name="readers-bring"),
    path("accounts/<int:account_id>/readers/table.csv", readers.export, name="readers-export"),
    path("readers/tables/<int:table_id>/", readers.table, name="reader-table"),
    path("readers/tables/<int:table_id>/act/", readers.table_act, name="reader-table-act"),
    path("readers/<int:reader_id>/take-out/", readers.take_out, name="reader-take-out"),
    path("readers/<int:reader_id>/forget/", readers.forget, name="reader-forget"),
    path("posts/<int:post_id>/letters/part/", letters.part, name="post-letters"),
    path("posts/<int:post_id>/letters/", letters.letters, name="post-letters-list"),
    path("posts/<int:post_id>/letters/settle/", letters.settle, name="post-letters-settle"),
]
