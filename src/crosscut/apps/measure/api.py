"""What was measured, for programs. What the metrics mean is at /metrics/definitions."""

from django.db.models import QuerySet
from ninja import Query, Router
from ninja.pagination import paginate

from crosscut.apps.accounts.access import ApiRequest
from crosscut.apps.measure import queries
from crosscut.apps.measure.models import Sample
from crosscut.apps.measure.schemas import NumberOut, SampleFilter, SampleOut
from crosscut.apps.publish.queries import target_for

router = Router(tags=["numbers"])


@router.get("/posts/{int:post_id}/samples", response=list[SampleOut], summary="Everything measured of a post")
@paginate
def list_samples(request: ApiRequest, post_id: int, wanted: Query[SampleFilter]) -> QuerySet[Sample]:
    """The newest first."""
    return queries.samples_for(request.auth, post_id, metric=wanted.metric)


@router.get("/posts/{int:post_id}/numbers", response=list[NumberOut], summary="A post's newest numbers")
def list_numbers(request: ApiRequest, post_id: int) -> list[queries.Value]:
    """One per metric that was told or counted."""
    return queries.values_of([target_for(request.auth, post_id)])
