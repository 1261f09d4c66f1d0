"""Addresses of home, of a campaign's results and report, and of a post's numbers."""

from django.urls import path

from crosscut.apps.report.views import campaigns, home, numbers

urlpatterns = [
    path("", home.home, name="home"),
    path("posts/<int:post_id>/numbers/", numbers.numbers, name="post-numbers"),
    path("campaigns/<int:campaign_id>/results/", campaigns.results, name="campaign-results"),
    path("campaigns/<int:campaign_id>/posts/", campaigns.posts, name="campaign-pieces"),
    path("campaigns/<int:campaign_id>/report/", campaigns.report, name="campaign-report"),
    path("campaigns/<int:campaign_id>/report/curve/", campaigns.curve, name="campaign-curve"),
    path("campaigns/<int:campaign_id>/report.<str:form>", campaigns.paper, name="campaign-report-file"),
]
