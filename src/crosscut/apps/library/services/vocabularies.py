"""The words a workspace has agreed on: trees of terms with synonyms, and tags that come from them."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from crosscut.apps.accounts.models import Member
from crosscut.apps.accounts.permissions import demand
from crosscut.apps.accounts.services.audit import record
from crosscut.apps.library.models import Term, Vocabulary
from crosscut.apps.library.queries import vocabularies_for, vocabulary_for
from crosscut.kernel.errors import Conflict, Invalid, NotFound
from crosscut.kernel.phrases import phrase

TERM_LIMIT = 60  # characters of a term: tags have no more
MOST_TERMS = 20_000  # of one vocabulary; IPTC media topics are 1,200
SYNONYMS_LIMIT = 50
_PATH = " > "  # between the words from the top of the tree to a term, in CSV
COLUMNS = ("term", "synonyms", "code")


@dataclass(frozen=True, kw_only=True)
class Word:
    """One term as it is brought in."""

    path: tuple[str, ...]  # from the top of the tree; the last is the term itself
    synonyms: tuple[str, ...] = ()
    code: str = ""  # its address elsewhere


@dataclass(frozen=True, kw_only=True)
class Node:
    """A term with what stands beneath it."""

    term: Term
    children: "list[Node]" = field(default_factory=list)


@transaction.atomic
def create_vocabulary(by: Member, name: str) -> Vocabulary:
    """A new, empty vocabulary. Raises Invalid, and Conflict for a name that is taken."""
    demand(by, "workspace")
    wanted = " ".join(name.replace("\0", " ").split())
    if not 0 < len(wanted) <= 120:
        raise Invalid.at("name", phrase("Give it a name of at most 120 characters."))
    if vocabularies_for(by).filter(name=wanted).exists():
        raise Conflict(phrase("There is a vocabulary “{wanted}” already.", wanted=wanted))
    made = Vocabulary.objects.create(workspace_id=by.workspace_id, name=wanted)
    record("vocabulary.created", made, by=by)
    return made


@transaction.atomic
def remove_vocabulary(by: Member, vocabulary_id: int) -> None:
    """Takes a vocabulary away; what was tagged with its words stays. Raises Conflict while a field draws from it."""
    demand(by, "workspace")
    row = vocabulary_for(by, vocabulary_id)
    if used_by := row.fields.first():
        raise Conflict(phrase("The field “{label}” draws from it. Change that field first.", label=used_by.label))
    record("vocabulary.removed", row, by=by, words=as_skos(row))
    row.delete()


@transaction.atomic
def let_tags_come_from(by: Member, vocabulary_id: int, is_for_tags: object) -> Vocabulary:
    """Whether tags are words of this vocabulary. While any is, no other tags can be given; those there stay."""
    demand(by, "workspace")
    row = vocabulary_for(by, vocabulary_id)
    row.is_for_tags = bool(is_for_tags)
    row.save(update_fields=["is_for_tags"])
    record("vocabulary.tags_set", row, by=by, is_for_tags=row.is_for_tags)
    return row


@transaction.atomic
def add_words(by: Member, vocabulary_id: int, words: Sequence[Word]) -> int:
    """Adds terms with all above them, and changes place, synonyms and code of those there; says how many it touched.

    Nothing is removed. Raises Invalid with every word that cannot be taken, and then changes nothing.
    """
    demand(by, "workspace")
    row = Vocabulary.objects.select_for_update().get(pk=vocabulary_for(by, vocabulary_id).pk)
    if len(words) > MOST_TERMS:
        raise Invalid.at("words", phrase("A vocabulary has at most {most:,} terms.", most=MOST_TERMS))
    known = {term.label.casefold(): term for term in row.terms.all()}
    before = {key: (term.parent_id, list(term.synonyms), term.code) for key, term in known.items()}
    for word in map(_tidied, words):
        _enter(row, known, word)
    touched = sum(before.get(key) != (term.parent_id, list(term.synonyms), term.code) for key, term in known.items())
    if touched:
        record("vocabulary.words_added", row, by=by, count=touched)
    return touched


@transaction.atomic
def remove_term(by: Member, term_id: int) -> Vocabulary:
    """Takes a term out, with all beneath it; what was tagged with them stays."""
    demand(by, "workspace")
    term = Term.objects.filter(vocabulary__in=vocabularies_for(by), pk=term_id).select_related("vocabulary").first()
    if term is None:
        raise NotFound(phrase("There is no such term in this workspace."))
    record("vocabulary.term_removed", term.vocabulary, by=by, term=term.label)
    term.delete()
    return term.vocabulary


def agreed_tags(workspace_id: int, tags: Iterable[str], *, before: Iterable[str] = ()) -> list[str]:
    """The tags as the workspace spells them. Raises Invalid for new ones that none of its vocabularies has.

    While no vocabulary is for tags, every tag is as good as another.
    """
    terms = Term.objects.filter(vocabulary__workspace=workspace_id, vocabulary__is_for_tags=True)
    if not Vocabulary.objects.filter(workspace=workspace_id, is_for_tags=True).exists():
        return list(tags)
    spelt = {
        spelling.casefold(): label.lower()
        for label, synonyms, code in terms.values_list("label", "synonyms", "code")
        for spelling in (*synonyms, code, label)
        if spelling
    }
    kept = set(before)
    strange = [tag for tag in tags if tag.casefold() not in spelt and tag not in kept]
    if strange:
        message = phrase("Tags come from the agreed words here; “{tag}” is not one of them.", tag=strange[0])
        raise Invalid.at("keywords", message, code="tags.not_agreed")
    return list(dict.fromkeys(spelt.get(tag.casefold(), tag) for tag in tags))


def tree_of(vocabulary: Vocabulary) -> list[Node]:
    """The terms as a tree, each level by the alphabet."""
    nodes = {term.pk: Node(term=term) for term in vocabulary.terms.all()}
    for node in nodes.values():
        if node.term.parent_id in nodes:
            nodes[node.term.parent_id].children.append(node)
    return [node for node in nodes.values() if node.term.parent_id not in nodes]


def as_csv(vocabulary: Vocabulary) -> str:
    """The vocabulary as a table: the path from the top, synonyms, code."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for path, term in _walk(tree_of(vocabulary), ()):
        table.writerow([_PATH.join(path), "; ".join(term.synonyms), term.code])
    return out.getvalue()


def as_skos(vocabulary: Vocabulary) -> dict[str, Any]:
    """The vocabulary in the words of SKOS: W3C SKOS Reference 2009-08-18, as JSON without a context."""
    concepts = [
        {
            "prefLabel": term.label,
            "altLabel": term.synonyms,
            "notation": term.code,
            "broader": path[-2] if len(path) > 1 else None,
        }
        for path, term in _walk(tree_of(vocabulary), ())
    ]
    return {"type": "ConceptScheme", "title": vocabulary.name, "concepts": concepts}


def words_in(text: str) -> list[Word]:
    """The words of a file: SKOS-like JSON, CSV as `as_csv` writes it, or a path a line. Raises Invalid."""
    text = text.lstrip("\ufeff")
    if text.lstrip().startswith("{"):
        return _of_skos(text)
    rows = list(csv.reader(io.StringIO(text)))
    has_head = bool(rows) and rows[0][:1] == ["term"]
    return [_of_row(row) for row in rows[1 if has_head else 0 :] if row and row[0].strip()]


def _of_row(row: Sequence[str]) -> Word:
    synonyms = tuple(part.strip() for part in (row[1] if len(row) > 1 else "").split(";") if part.strip())
    path = tuple(part.strip() for part in row[0].split(">") if part.strip())
    return Word(path=path, synonyms=synonyms, code=row[2].strip() if len(row) > 2 else "")


def _of_skos(text: str) -> list[Word]:
    try:
        concepts = {str(entry["prefLabel"]): entry for entry in json.loads(text)["concepts"]}
        return [
            Word(
                path=_path_to(label, concepts),
                synonyms=tuple(map(str, entry.get("altLabel") or ())),
                code=str(entry.get("notation") or ""),
            )
            for label, entry in concepts.items()
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        message = phrase("It is not a list of words: use {example}.", example='{"concepts": [{"prefLabel": "…"}]}')
        raise Invalid.at("file", message, code="vocabulary.unreadable") from fault


def _path_to(label: str, concepts: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    path = [label]
    while (above := concepts.get(path[0], {}).get("broader")) and str(above) not in path:
        path.insert(0, str(above))
    return tuple(path)


def _tidied(word: Word) -> Word:
    path = tuple(" ".join(part.replace("\0", " ").split()) for part in word.path)
    synonyms = tuple(dict.fromkeys(" ".join(part.replace("\0", " ").split()) for part in word.synonyms))
    for part in (*path, *synonyms):
        if not 0 < len(part) <= TERM_LIMIT:
            message = phrase("A term has 1 to {most} characters; not “{term}”.", most=TERM_LIMIT, term=part[:80])
            raise Invalid.at("words", message, code="vocabulary.term")
    if len(synonyms) > SYNONYMS_LIMIT or len(word.code) > 500:
        message = phrase("“{term}” has too many synonyms or too long a code.", term=path[-1])
        raise Invalid.at("words", message, code="vocabulary.term")
    return Word(path=path, synonyms=synonyms, code=word.code.replace("\0", ""))


def _enter(vocabulary: Vocabulary, known: dict[str, Term], word: Word) -> None:
    above: Term | None = None
    for part in word.path:
        term = known.get(part.casefold())
        if term is None:
            term = known[part.casefold()] = Term.objects.create(vocabulary=vocabulary, label=part, parent=above)
        above_before, above = above, term
    if above is None:
        return
    above.synonyms, above.code = list(word.synonyms) or above.synonyms, word.code or above.code
    if len(word.path) > 1 and above_before and above_before.pk != above.pk:
        _refuse_circle(above, above_before, known)
        above.parent = above_before
    above.save(update_fields=["parent", "synonyms", "code"])


def _refuse_circle(term: Term, parent: Term, known: Mapping[str, Term]) -> None:
    by_id = {row.pk: row for row in known.values()}
    above: Term | None = parent
    while above is not None:
        if above.pk == term.pk:
            raise Invalid.at("words", phrase("“{term}” cannot stand beneath itself.", term=term.label))
        above = by_id.get(above.parent_id or 0)


def _walk(nodes: Sequence[Node], above: tuple[str, ...]) -> Iterable[tuple[tuple[str, ...], Term]]:
    for node in nodes:
        path = (*above, node.term.label)
        yield path, node.term
        yield from _walk(node.children, path)
