"""The forms of what can be made of a sound or film; each gives an operation."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crosscut.apps.library.models import Asset
from crosscut.apps.library.services.remaking import Audiogram, Clean, Finish, Level
from crosscut.apps.library.services.remaking.forms_of_sound import SIZES
from crosscut.apps.library.services.remaking.records import Operation

PICTURES = 200  # offered as covers, newest first


class LevelForm(forms.Form):
    """How loud."""

    target_lufs = forms.TypedChoiceField(
        label=_("Loudness"),
        coerce=float,
        initial="-16",
        choices=[
            ("-16", _("−16 LUFS: podcasts, speech on the web")),
            ("-14", _("−14 LUFS: music and video services")),
            ("-23", _("−23 LUFS: broadcast (EBU R128)")),
        ],
    )

    def operation(self) -> Operation:
        """What was asked for."""
        return Level(target_lufs=self.cleaned_data["target_lufs"])


class CleanForm(forms.Form):
    """What to clean away."""

    hum_hz = forms.TypedChoiceField(
        label=_("Hum of the mains"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("Leave it")), ("50", _("50 Hz: most of the world")), ("60", _("60 Hz: the Americas"))],
    )
    has_rumble = forms.BooleanField(label=_("Rumble below voices"), required=False, initial=True)
    gate_dbfs = forms.TypedChoiceField(
        label=_("Noise between words"),
        required=False,
        coerce=float,
        empty_value=None,
        choices=[("", _("Leave it")), ("-50", _("Quiet noise")), ("-40", _("Loud noise"))],
    )
    pause_s = forms.FloatField(
        label=_("Longest pause"),
        required=False,
        min_value=0.1,
        max_value=10,
        help_text=_("Seconds; longer pauses become so long. Empty leaves them."),
    )
    has_ends = forms.BooleanField(label=_("Silence at both ends"), required=False, initial=True)

    def operation(self) -> Operation:
        """What was asked for."""
        data = self.cleaned_data
        return Clean(
            hum_hz=data["hum_hz"],
            high_pass_hz=80 if data["has_rumble"] else None,
            gate_dbfs=data["gate_dbfs"],
            ends_s=0.25 if data.get("has_ends") else None,
            pause_s=data.get("pause_s"),
        )


class CoverForm(forms.Form):
    """Something with a title and a cover."""

    title = forms.CharField(label=_("Title"), max_length=200)
    cover = forms.TypedChoiceField(label=_("Cover"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, asset: Asset, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["title"].initial = asset.title
        pictures = Asset.objects.filter(workspace=asset.workspace_id, kind=Asset.Kind.IMAGE, archived_at=None)
        rows = pictures.order_by("-created_at").values_list("pk", "title")[:PICTURES]
        self.fields["cover"].choices = [("", _("None")), *rows]  # type: ignore[attr-defined]


class AudiogramForm(CoverForm):
    """A film of a sound."""

    shape = forms.ChoiceField(label=_("Shape"), choices=[(name, name) for name in SIZES])
    has_captions = forms.BooleanField(label=_("With captions"), required=False, initial=True)

    def operation(self) -> Operation:
        """What was asked for."""
        return Audiogram(**self.cleaned_data)


class EpisodeForm(CoverForm):
    """A finished episode."""

    show = forms.CharField(label=_("Show"), max_length=200, required=False)
    author = forms.CharField(label=_("Author"), max_length=200, required=False)
    number = forms.IntegerField(label=_("Number"), required=False, min_value=0, max_value=100_000)
    media_type = forms.ChoiceField(
        label=_("Kind of file"), choices=[("audio/mpeg", _("MP3: plays everywhere")), ("audio/mp4", "M4A")]
    )

    def operation(self) -> Operation:
        """What was asked for."""
        return Finish(**self.cleaned_data)
