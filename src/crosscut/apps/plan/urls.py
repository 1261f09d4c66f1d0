"""Addresses of campaigns and audiences."""

from django.urls import path

from crosscut.apps.plan.views import audiences, campaigns, figures

urlpatterns = [
    path("campaigns/", campaigns.campaigns, name="campaigns"),
    path("campaigns/new/", campaigns.new, name="campaign-new"),
    path("campaigns/audiences/", audiences.audiences, name="audiences"),
    path("campaigns/audiences/<int:audience_id>/", audiences.audience, name="audience"),
    path("campaigns/audiences/<int:audience_id>/remove/", audiences.remove, name="audience-remove"),
    path("campaigns/<int:campaign_id>/", campaigns.campaign, name="campaign"),
    path("campaigns/<int:campaign_id>/edit/", campaigns.edit, name="campaign-edit"),
    path("campaigns/<int:campaign_id>/archive/", campaigns.archive, name="campaign-archive"),
    path("campaigns/<int:campaign_id>/restore/", campaigns.restore, name="campaign-restore"),
    path("campaigns/<int:campaign_id>/key-results/", figures.add_key_result, name="key-result-add"),
    path(
        "campaigns/<int:campaign_id>/key-results/<int:key_result_id>/remove/",
        figures.remove_key_result,
        name="key-result-remove",
    ),
    path("campaigns/<int:campaign_id>/costs/", figures.add_cost, name="cost-add"),
    path("campaigns/<int:campaign_id>/costs/<int:cost_id>/remove/", figures.remove_cost, name="cost-remove"),
]
