"""The forms of a brand kit: what it says at large, and one entry of each of its lists."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crosscut.apps.library.models import Asset
from crosscut.apps.library.services.remaking import FillTemplate
from crosscut.channels.icons import name_of
from crosscut.channels.registry import channels
from crosscut.media.graphics import Slot
from crosscut.specs.brand import Colour, Must, Word


class KitForm(forms.Form):
    """What a brand is called, and how it speaks."""

    name = forms.CharField(label=_("Name"), max_length=80)
    voice = forms.CharField(
        label=_("How it speaks"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("For people: tone, attitude, examples."),
    )


class RulesForm(forms.Form):
    """What is asked of colours and logos."""

    least_contrast = forms.FloatField(
        label=_("Least contrast of words"), min_value=1, max_value=21, help_text=_("4.5 is WCAG AA, 7 is AAA.")
    )
    logo_kinds = forms.MultipleChoiceField(
        label=_("A logo must be in sight in"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(Asset.Kind.IMAGE.value, _("Posts with pictures")), (Asset.Kind.VIDEO.value, _("Posts with films"))],
    )
    logo_clear_percent = forms.IntegerField(
        label=_("Clear space around the logo, in per cent of its height"), min_value=0, max_value=500
    )
    logo_least_px = forms.IntegerField(
        label=_("Least width of the logo on a phone, in px"),
        min_value=0,
        max_value=360,
        help_text=_("Of a screen 360 px wide. 0: not asked."),
    )


class ColourForm(forms.Form):
    """One colour."""

    name = forms.CharField(label=_("Name"), max_length=60)
    hex = forms.CharField(
        label=_("Colour"), max_length=7, widget=forms.TextInput(attrs={"type": "color", "class": "colour-input"})
    )

    def entry(self) -> Colour:
        """What was entered."""
        return Colour(name=self.cleaned_data["name"], hex=self.cleaned_data["hex"].lower())


class WordForm(forms.Form):
    """One word that is not used."""

    word = forms.CharField(label=_("Word"), max_length=120, help_text=_("* at its end stands for any ending."))
    instead = forms.CharField(label=_("Write instead"), required=False, max_length=120)
    is_forbidden = forms.BooleanField(label=_("It stops the post"), required=False)

    def entry(self) -> Word:
        """What was entered."""
        return Word(**self.cleaned_data)


class MustForm(forms.Form):
    """Words that every post has."""

    words = forms.CharField(label=_("Hashtag, handle or words"), max_length=120)
    channels = forms.MultipleChoiceField(label=_("On"), required=False, help_text=_("None chosen: on every channel."))
    is_demanded = forms.BooleanField(label=_("A post without it is stopped"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = sorted((name_of(slug), slug) for slug in channels())
        self.fields["channels"].choices = [(slug, name) for name, slug in choices]  # type: ignore[attr-defined]

    def entry(self) -> Must:
        """What was entered."""
        return Must(**{**self.cleaned_data, "channels": tuple(self.cleaned_data["channels"])})


class FillForm(forms.Form):
    """What stands in the slots of a template."""

    title = forms.CharField(label=_("Title of the picture"), max_length=200)

    def __init__(
        self,
        *args: Any,
        slots: Sequence[Slot],
        logos: Sequence[Asset],
        pictures: Sequence[Asset],
        colours: Sequence[Colour],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._slots = list(slots)
        shown = [("", _("None")), *((row.pk, row.title) for row in [*logos, *pictures] if row)]
        paints = [("", _("As it is drawn")), *((one.hex, one.name) for one in colours)]
        for number, slot in enumerate(self._slots):
            named: dict[str, Any] = {"label": slot.name, "required": not slot.is_optional}
            if slot.kind == "words":
                rows = {"rows": 2 if len(slot.drawn) < 60 else 4}
                one: forms.Field = forms.CharField(
                    max_length=2000, initial=slot.drawn, widget=forms.Textarea(attrs=rows), **named
                )
            elif slot.kind == "picture":
                offered = dict(shown if slot.name.lower() != "logo" or not logos else shown[: len(logos) + 1])
                one = forms.ChoiceField(choices=list(offered.items()), **named)
            else:
                one = forms.ChoiceField(choices=paints, **named)
            self.fields[f"slot-{number}"] = one

    def operation(self, kit_id: int) -> FillTemplate:
        """What was filled in."""
        values = [(slot, self.cleaned_data[f"slot-{number}"]) for number, slot in enumerate(self._slots)]
        return FillTemplate(
            title=self.cleaned_data["title"],
            kit=kit_id,
            words={slot.name: value for slot, value in values if slot.kind != "picture" and value},
            pictures={slot.name: int(value) for slot, value in values if slot.kind == "picture" and value},
        )
