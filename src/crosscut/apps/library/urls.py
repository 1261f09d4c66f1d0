"""The library's addresses."""

from django.urls import path

from crosscut.apps.library.views import arrivals, asset, rights, shelf, versions

urlpatterns = [
    path("library/", shelf.library, name="library"),
    path("library/selection/", shelf.selection, name="library-selection"),
    path("library/change/", shelf.change_several, name="library-change"),
    path("library/add/", arrivals.upload, name="upload"),
    path("library/upload/", arrivals.receive, name="library-upload"),
    path("library/arrivals/", arrivals.arrivals, name="library-arrivals"),
    path("library/arrivals/<int:arrival_id>/retry/", arrivals.retry, name="arrival-retry"),
    path("library/arrivals/<int:arrival_id>/discard/", arrivals.discard, name="arrival-discard"),
    path("library/<int:asset_id>/", asset.asset, name="asset"),
    path("library/<int:asset_id>/view/<slug:section>/", asset.asset_section, name="asset-section"),
    path("library/<int:asset_id>/describe/", asset.describe_asset, name="asset-describe"),
    path("library/<int:asset_id>/archive/", asset.archive, name="asset-archive"),
    path("library/<int:asset_id>/restore/", asset.restore, name="asset-restore"),
    path("library/<int:asset_id>/licences/", rights.add_licence, name="licence-add"),
    path("library/<int:asset_id>/embargo/", rights.set_embargo, name="asset-embargo"),
    path("library/<int:asset_id>/rights-needed/", rights.set_rights_needed, name="asset-rights-needed"),
    path("library/<int:asset_id>/shows/", rights.show_subject, name="subject-show"),
    path("library/<int:asset_id>/shows/<int:subject_id>/remove/", rights.hide_subject, name="subject-hide"),
    path("library/<int:asset_id>/compare/", versions.compare, name="asset-compare"),
    path("library/files/versions/<int:version_id>/make-current/", versions.make_current, name="version-make-current"),
    path("library/people/", rights.subjects, name="subjects"),
    path("library/people/<int:subject_id>/", rights.subject, name="subject"),
    path("library/people/<int:subject_id>/withdraw/", rights.withdraw_all, name="subject-withdraw"),
    path("library/consents/<int:consent_id>/withdraw/", rights.withdraw_consent, name="consent-withdraw"),
    path("library/consents/<int:consent_id>/reinstate/", rights.reinstate_consent, name="consent-reinstate"),
    path("library/<int:asset_id>/tracks/", asset.add_track, name="track-add"),
    path("library/licences/<int:licence_id>/", rights.change_licence, name="licence-change"),
    path("library/licences/<int:licence_id>/withdraw/", rights.withdraw_licence, name="licence-withdraw"),
    path("library/licences/<int:licence_id>/reinstate/", rights.reinstate_licence, name="licence-reinstate"),
    path("library/tracks/<int:track_id>/", asset.track_file, name="track-file"),
    path("library/tracks/<int:track_id>/mend/", asset.mend_track, name="track-mend"),
    path("library/tracks/<int:track_id>/remove/", asset.remove_track, name="track-remove"),
    path("library/files/versions/<int:version_id>/", asset.version_file, name="version-file"),
    path("library/files/renditions/<int:rendition_id>/", asset.rendition_file, name="rendition-file"),
]
