"""Tags and categories, which the site knows by number."""

import html
from collections.abc import Iterable

import httpx

from crosscut.channels import answers
from crosscut.channels.builtin.wordpress.api import Api, data
from crosscut.kernel.errors import Rejected
from crosscut.kernel.phrases import phrase


def numbers(api: Api, taxonomy: str, names: Iterable[str]) -> list[int]:
    """The numbers of these "tags" or "categories"; makes those that are missing.

    Raises Rejected, naming the term, where it is missing and this user may not make it.
    """
    return list(dict.fromkeys(_number(api, taxonomy, name.strip().lstrip("#")) for name in names if name.strip()))


def _number(api: Api, taxonomy: str, name: str) -> int:
    """Asks to make it: the site answers with the number of the one it has, which no second try can double."""
    response = api.post(f"/wp/v2/{taxonomy}", {"name": name}, fine=(400, 403))
    answer = data(response)
    if response.is_success:
        return int(answer["id"])
    if answer.get("code") == "term_exists":
        return int(answer["data"]["term_id"])
    if response.status_code == httpx.codes.FORBIDDEN and (found := _existing(api, taxonomy, name)):
        return found
    raise Rejected(
        phrase(
            "The {taxonomy} have no {name}, and it cannot be made: {said}",
            taxonomy=taxonomy,
            name=repr(name),
            said=answers.words(response),
        )
    )


def _existing(api: Api, taxonomy: str, name: str) -> int | None:
    listed = api.get(f"/wp/v2/{taxonomy}", search=name, per_page=100)
    same = (term for term in listed if html.unescape(term["name"]).casefold() == name.casefold())
    return next((int(term["id"]) for term in same), None)
