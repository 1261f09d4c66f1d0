"""What is wrong with the links of a piece: marks nobody agreed on, addresses that lead nowhere, long ways."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from crosscut.apps.accounts.models import Workspace
from crosscut.apps.produce.linking import Rules, addresses_in, host_of, marks_in, rules_of
from crosscut.apps.produce.models import LinkCheck, Piece
from crosscut.apps.produce.queries import checks_of
from crosscut.apps.produce.services.link_rules import not_agreed_words
from crosscut.kernel.findings import Finding, Level
from crosscut.kernel.phrases import phrase


@dataclass(frozen=True, kw_only=True)
class KnownLinks:
    """What is known of the addresses in frozen contents: read once for all their channels."""

    rules: Mapping[int, Rules]  # by workspace, of those with an address that is marked
    answers: tuple[LinkCheck, ...]  # what addresses answered when they were asked, the first asked first


def known_links(written: Iterable[tuple[Piece, dict[str, Any]]]) -> KnownLinks:
    """What is known of all addresses in these pieces' contents."""
    workspaces: dict[int, Workspace] = {}
    addresses: dict[int, set[str]] = {}
    for piece, content in written:
        found = {one for slug in content["outlets"] for one in _written(content, slug)}
        addresses.setdefault(piece.workspace_id, set()).update(found)
        if any(marks_in(one) for one in found):
            workspaces[piece.workspace_id] = piece.workspace
    return KnownLinks(
        rules={pk: rules_of(workspace) for pk, workspace in workspaces.items()},
        answers=tuple(row for pk, wanted in addresses.items() for row in checks_of(pk, wanted)),
    )


def link_findings(known: KnownLinks, piece: Piece, content: dict[str, Any], channel_slug: str) -> tuple[Finding, ...]:
    """The findings about what was written in the text and the link of one channel."""
    written = _written(content, channel_slug)
    rules = known.rules.get(piece.workspace_id)
    marks = [finding for address in written for finding in _of_marks(rules, address)] if rules else []
    ours = (row for row in known.answers if row.workspace_id == piece.workspace_id and row.address in written)
    answers = [finding for row in ours for finding in _of_answer(row)]
    return (*marks, *answers, *(_insecure(one) for one in written if _is_open(one)))


def _written(content: dict[str, Any], channel_slug: str) -> list[str]:
    return addresses_in(content["outlets"][channel_slug]["text"], link=content["link"])


def _of_marks(rules: Rules, address: str) -> Iterator[Finding]:
    if rules.hosts and not rules.is_ours(address):
        return
    for part, value in marks_in(address).items():
        if rules.allowed[part] and value not in rules.allowed[part]:
            message, repair = not_agreed_words(part, value, rules.allowed[part])
            yield Finding(code="links.not_agreed", level=Level.BLOCK, where="text", message=message, repair=repair)


def _of_answer(row: LinkCheck) -> Iterator[Finding]:
    """An answer never stops a post: a place may be away for a minute, or keep machines out."""
    if row.state in (LinkCheck.State.DEAD, LinkCheck.State.SILENT):
        yield _advice(
            "links.no_answer",
            phrase("{address} did not answer properly: {problem}", address=row.address, problem=row.problem),
            phrase("Open it yourself, and correct it where it leads nowhere."),
        )
    elif host_of(row.final_address) != host_of(row.address) or row.hops > 1:
        yield _advice(
            "links.redirected",
            phrase(
                "{address} sends readers on to {final}, in {hops} steps.",
                address=row.address,
                final=row.final_address,
                hops=row.hops,
            ),
            phrase("Take the address it ends at, if that is the page you mean."),
        )


def _is_open(address: str) -> bool:
    """Whether anybody on the way can read along; our own public side is what its installer made it."""
    return address.lower().startswith("http://") and not address.startswith(f"{settings.PUBLIC_URL}/")


def _insecure(address: str) -> Finding:
    return _advice(
        "links.not_encrypted",
        phrase("{address} is not encrypted: browsers warn of it.", address=address),
        phrase("Write https:// where the place takes it."),
    )


def _advice(code: str, message: str, repair: str) -> Finding:
    return Finding(code=code, level=Level.ADVICE, where="text", message=message, repair=repair)
