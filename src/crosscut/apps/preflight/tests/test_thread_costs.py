"""What a thread costs is told as one sum."""

from crosscut.apps.preflight.threads import of_part, summed_costs
from crosscut.specs.costs import check_cost
from crosscut.specs.draft import Draft


def test_the_parts_of_a_thread_are_charged_together() -> None:
    plain, linked = (check_cost(Draft(text=text), "x/text")[0] for text in ("The reef", "See https://reef.example"))
    assert summed_costs([plain]) == (plain,), "one post is told as it was"
    found = summed_costs([of_part(plain, 1), of_part(plain, 2), of_part(linked, 3)])
    assert [one.code for one in found] == ["cost.post_with_link", "cost.thread"], "that a link costs more is still told"
    assert found[-1].message == "X charges 0.230 USD for the 3 parts of this thread."
