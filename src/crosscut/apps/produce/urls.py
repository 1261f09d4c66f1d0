"""The addresses of pieces."""

from django.urls import path

from crosscut.apps.produce.views import approval, brand, editor, history, pieces, review, sharing

urlpatterns = [
    path("pieces/", pieces.pieces, name="pieces"),
    path("pieces/new/", pieces.new, name="piece-new"),
    path("campaigns/<int:campaign_id>/pieces/", pieces.of_campaign, name="campaign-pieces"),
    path("campaigns/<int:campaign_id>/brand/", brand.of_campaign, name="campaign-brand"),
    path("pieces/<int:piece_id>/", editor.piece, name="piece"),
    path("pieces/<int:piece_id>/save/", editor.save, name="piece-save"),
    path("pieces/<int:piece_id>/change/", editor.change, name="piece-change"),
    path("pieces/<int:piece_id>/preview/", editor.preview, name="piece-preview"),
    path("pieces/<int:piece_id>/media/", editor.choose_media, name="piece-media"),
    path("pieces/<int:piece_id>/here/", editor.here, name="piece-here"),
    path("pieces/<int:piece_id>/approval/", approval.approval, name="piece-approval"),
    path("pieces/<int:piece_id>/approval/decide/", approval.decide, name="piece-decide"),
    path("pieces/<int:piece_id>/history/", history.history, name="piece-history"),
    path("pieces/<int:piece_id>/states/<slug:digest>/", history.state, name="piece-state"),
    path("pieces/<int:piece_id>/states/<slug:digest>/restore/", history.restore_state, name="piece-state-restore"),
    path("pieces/<int:piece_id>/guests/", sharing.piece_guests, name="piece-guests"),
    path("pieces/<int:piece_id>/guests/share/", sharing.share, name="piece-share"),
    path("guests/<int:link_id>/show/", sharing.show_now, name="guest-show"),
    path("guests/<int:link_id>/end/", sharing.end, name="guest-end"),
    path("guests/<int:link_id>/answer/", sharing.answer, name="guest-answer"),
    path("review/files/<str:token>/", review.review_file, name="review-file"),
    path("review/<str:secret>/", review.review, name="review"),
    path("shared/", review.shared, name="shared"),
    path("shared/<int:link_id>/", review.shared_one, name="shared-one"),
    path("pieces/<int:piece_id>/archive/", pieces.archive, name="piece-archive"),
    path("pieces/<int:piece_id>/restore/", pieces.restore, name="piece-restore"),
    path("pieces/count/<slug:channel_slug>/<slug:post_type>/", editor.count_text, name="piece-count"),
]
