"""Tags, which are terms of a vocabulary and are referred to by their ids."""

from collections.abc import Iterable

from crosscut.channels.builtin.drupal.api import Api, data_of, words
from crosscut.channels.builtin.drupal.content import Identifier
from crosscut.channels.builtin.drupal.settings import Settings
from crosscut.kernel.errors import Rejected
from crosscut.kernel.phrases import phrase


def placed(api: Api, settings: Settings, names: Iterable[str]) -> list[Identifier]:
    """What the article refers to. Missing terms are made; raises Rejected, naming it, where this user may not."""
    if not settings.tags_field:
        return []
    wanted = {name.casefold(): name for name in (one.strip().lstrip("#").strip() for one in names) if name}
    kind = f"taxonomy_term--{settings.vocabulary}"
    return [{"type": kind, "id": _term(api, settings, kind, name)} for name in wanted.values()]


def _term(api: Api, settings: Settings, kind: str, name: str) -> str:
    path = f"/taxonomy_term/{settings.vocabulary}"
    listed = api.get(path, **{"filter[name]": name}).get("data") or ()
    same = (one for one in listed if str((one.get("attributes") or {}).get("name")).casefold() == name.casefold())
    if there := next(same, None):
        return str(there["id"])
    response = api.write("POST", path, {"type": kind, "attributes": {"name": name}})
    if response.status_code in (403, 404, 422):
        said = words(response)
        raise Rejected(phrase("There is no tag {name}, and it cannot be made: {said}", name=repr(name), said=said))
    return str(data_of(api.good(response))["id"])
