"""Addresses of people and accounts."""

from django.urls import path

from crosscut.apps.accounts.views import channels, entry, me, team, workspace

urlpatterns = [
    path("sign-in/", entry.sign_in_page, name="sign-in"),
    path("sign-out/", entry.sign_out, name="sign-out"),
    path("setup/", entry.setup_page, name="setup"),
    path("setup/<str:token>/", entry.setup_page, name="setup-link"),
    path("invitation/<str:secret>/", entry.invitation_page, name="invitation"),
    path("profile/", me.profile, name="profile"),
    path("profile/password/", me.password, name="password"),
    path("profile/tokens/", me.tokens, name="tokens"),
    path("profile/tokens/<int:token_id>/revoke/", me.revoke_token, name="token-revoke"),
    path("workspace/", me.switch_workspace, name="workspace-switch"),
    path("team/", team.team, name="team"),
    path("team/invite/", team.invite, name="team-invite"),
    path("team/invitations/<int:invitation_id>/withdraw/", team.withdraw, name="invitation-withdraw"),
    path("team/<int:member_id>/role/", team.change_role, name="member-role"),
    path("team/<int:member_id>/remove/", team.remove, name="member-remove"),
    path("settings/", workspace.settings, name="settings"),
    path("activity/", workspace.activity, name="activity"),
    path("accounts/", channels.accounts, name="accounts"),
    path("accounts/connect/", channels.choose, name="account-choose"),
    path("accounts/connect/<slug:channel>/", channels.connect, name="account-connect"),
    path("accounts/connected/", channels.arrive, name="account-arrive"),
    path("accounts/connected/<int:trip_id>/", channels.places, name="account-places"),
    path("accounts/<int:account_id>/", channels.reconnect, name="account"),
    path("accounts/<int:account_id>/check/", channels.check, name="account-check"),
    path("accounts/<int:account_id>/disconnect/", channels.disconnect, name="account-disconnect"),
]
