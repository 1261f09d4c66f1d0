"""What can be known about a picture, film or sound: one set of fields, and where each standard keeps them.

fields()                 every field by key: label, kind, limits, sources, and its places in XMP, IIM, EXIF, ID3, …
checked(field, value)    the value in its stored form, or the reason why it cannot be
"""

from crosscut.media.fields.catalogue import Field, Kind, Source, XmpPlace, fields, groups, sources
from crosscut.media.fields.values import Value, checked, is_empty, moment_of, said

__all__ = [
    "Field",
    "Kind",
    "Source",
    "Value",
    "XmpPlace",
    "checked",
    "fields",
    "groups",
    "is_empty",
    "moment_of",
    "said",
    "sources",
]
