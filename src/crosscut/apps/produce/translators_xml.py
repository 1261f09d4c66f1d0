"""The XML that translators' tools write, read without following what it points to."""

from lxml import etree

from crosscut.kernel.errors import Invalid
from crosscut.kernel.phrases import phrase


def parsed(data: bytes, *, kind: str, largest_bytes: int) -> etree._Element:
    """The root of the file; what its document type says is the caller's to judge.

    Raises Invalid with the code `kind.large` or `kind.damaged`. No entity is resolved, nothing is fetched, and the
    bounds of libxml2 hold.
    """
    if len(data) > largest_bytes:
        limit_mb = largest_bytes // 1_000_000
        raise Invalid.at("file", phrase("This file is larger than {limit} MB.", limit=limit_mb), code=f"{kind}.large")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        words = phrase("This is no sound XML file: {error}", error=str(error)[:200])
        raise Invalid.at("file", words, code=f"{kind}.damaged") from error
