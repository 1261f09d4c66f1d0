"""The library's forms. The services check; a form shows what they said at the field it is about."""

import re

from django import forms
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from crosscut.apps.library.models import Asset, Track
from crosscut.apps.library.services.describe import Description
from crosscut.kernel.errors import CrosscutError


class DescribeForm(forms.Form):
    """What people say about an asset."""

    title = forms.CharField(label=_("Title"), max_length=200)
    alt_text = forms.CharField(
        label=_("Alt text"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What somebody who cannot see it should know, in a sentence or two."),
    )
    description = forms.CharField(label=_("Description"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    credit = forms.CharField(label=_("Credit"), required=False, max_length=300)
    tags = forms.CharField(label=_("Tags"), required=False, help_text=_("With commas between them."))

    @classmethod
    def of(cls, asset: Asset) -> "DescribeForm":
        """The form as the asset is now."""
        names = ("title", "alt_text", "description", "credit")
        form = cls(initial={name: getattr(asset, name) for name in names} | {"tags": ", ".join(asset.tags)})
        if asset.kind not in (Asset.Kind.IMAGE, Asset.Kind.VIDEO):
            del form.fields["alt_text"]  # there is nothing to see
        return form

    def changes(self) -> Description:
        """What was entered."""
        data = {name: value for name, value in self.cleaned_data.items() if name in self.data}
        return Description(**{**data, "tags": words_in(data["tags"])} if "tags" in data else data)


class TrackForm(forms.Form):
    """Captions, a transcript or chapters from a file."""

    file = forms.FileField(label=_("File"), help_text=_("WebVTT, SRT, or chapters as JSON."))
    kind = forms.ChoiceField(label=_("What it is"), choices=Track.Kind.choices)
    language = forms.CharField(label=_("Language"), max_length=12, help_text=_("Its code, such as en or pt-BR."))


def say(form: forms.Form, error: CrosscutError) -> None:
    """Puts what a service refused beside the fields it is about."""
    for problem in error.problems_in(translation):
        form.add_error(problem.where if problem.where in form.fields else None, problem.message)


def words_in(text: str) -> list[str]:
    """The words between commas or lines.

    >>> words_in("reef, blue whale,,")
    ['reef', 'blue whale']
    """
    return [word.strip() for word in re.split(r"[,;\n]", text) if word.strip()]


def ids_in(values: list[str]) -> list[int]:
    """The numbers among the values, each once, at most ten thousand and none too large for the database.

    >>> ids_in(["3", "x", "3", "-1", "99999999999999999999"])
    [3]
    """
    numbers = (int(value) for value in values[:10_000] if value.isascii() and value.isdigit() and len(value) < 19)
    return list(dict.fromkeys(numbers))
