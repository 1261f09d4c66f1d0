"""The forms of people and accounts. They shape what was typed; the services decide whether it is right."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from crosscut.apps.accounts.connecting import Question
from crosscut.apps.accounts.models import ApprovalRule, Role, Workspace
from crosscut.kernel.errors import CrosscutError
from crosscut.kernel.zones import zone_names

_DAY = {"type": "date", "class": "form-control", "min": "1970-01-01", "max": "2200-01-01"}
_ZONES = [(name, name.replace("_", " ")) for name in sorted(zone_names())]


def show_problems(form: forms.Form, error: CrosscutError) -> None:
    """Puts each problem of a service at the form's field of that name, or above the form."""
    for problem in error.problems_in(translation):
        form.add_error(problem.where if problem.where in form.fields else None, problem.message)


class SignInForm(forms.Form):
    """Who comes in."""

    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class NewPersonForm(forms.Form):
    """Somebody who was not known here."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least ten characters. Four words nobody would guess are better than one with signs in it."),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class SetupForm(NewPersonForm):
    """The first person and their workspace."""

    workspace = forms.CharField(
        label=_("Workspace"), help_text=_("Your organisation or team, as others know it."), max_length=120
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_ZONES, initial="UTC")
    field_order = ("workspace", "time_zone", "name", "email", "password")


class ProfileForm(forms.Form):
    """What people change about themselves."""

    name = forms.CharField(label=_("Name"), max_length=120)
    language = forms.ChoiceField(label=_("Language of the pages"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("Your time zone"), choices=[("", _("The workspace's")), *_ZONES], required=False
    )


class PasswordForm(forms.Form):
    """Another password."""

    current = forms.CharField(
        label=_("Present password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("New password"),
        help_text=_("At least ten characters. It signs you out everywhere else."),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class TokenForm(forms.Form):
    """A token for a program."""

    name = forms.CharField(label=_("What is it for?"), max_length=80)
    days = forms.TypedChoiceField(
        label=_("Works for"),
        coerce=int,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("a year"))],
        initial=365,
    )


class InvitationForm(forms.Form):
    """Whom to invite."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.JUNIOR)
    email = forms.EmailField(
        label=_("For this e-mail address only"), required=False, help_text=_("Empty: whoever has the link may join.")
    )


class WorkspaceForm(forms.Form):
    """What a lead changes about the workspace."""

    name = forms.CharField(label=_("Name"), max_length=120)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_ZONES)
    language = forms.CharField(
        label=_("Language of what you publish"), max_length=12, help_text=_("A code: en, pt-BR.")
    )
    territory = forms.CharField(
        label=_("Country you publish in"),
        max_length=2,
        required=False,
        help_text=_("A code: DE, US. Empty: the whole world. Rights are checked against it."),
    )
    currency = forms.CharField(label=_("Currency"), max_length=3, help_text=_("A code: EUR, USD."))
    approval_rule = forms.ChoiceField(
        label=_("Whose posts need a senior's approval"), choices=ApprovalRule.choices, widget=forms.RadioSelect
    )

    @classmethod
    def of(cls, workspace: Workspace) -> "WorkspaceForm":
        """The form as the workspace is now."""
        return cls(initial={name: getattr(workspace, name) for name in cls.base_fields})

    def clean(self) -> dict[str, Any]:
        """Codes in capitals, as they are written."""
        cleaned = super().clean() or {}
        return {**cleaned, **{name: cleaned.get(name, "").upper() for name in ("territory", "currency")}}


class ActivityForm(forms.Form):
    """Which events to show."""

    person = forms.TypedChoiceField(
        label=_("Who"),
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    verb = forms.ChoiceField(label=_("What"), required=False, widget=forms.Select(attrs={"class": "form-select"}))
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs=_DAY))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs=_DAY))

    def __init__(self, *args: Any, people: Iterable[tuple[int, str]], verbs: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = [(verb, verb.replace(".", " ").replace("_", " ")) for verb in verbs]
        self.fields["person"].choices = [("", _("Everybody")), *people]  # type: ignore[attr-defined]
        self.fields["verb"].choices = [("", _("Everything")), *words]  # type: ignore[attr-defined]


class ConnectForm(forms.Form):
    """What one channel asks for."""

    def __init__(self, *args: Any, asked: Iterable[Question], name: str | None = None, **kwargs: Any) -> None:
        """`name`: the account's, when it is connected again and keeps it."""
        super().__init__(*args, **kwargs)
        if name is None:
            self.fields["name"] = forms.CharField(
                label=_("Name"), help_text=_("What your team calls this account."), max_length=120
            )
        for question in asked:
            self.fields[question.name] = _field(question)

    def given(self, part: str) -> dict[str, Any]:
        """What was filled in of the "settings" or of the "secrets", without files."""
        prefix, files = f"{part}.", self._file_fields()
        return {
            name.removeprefix(prefix): value
            for name, value in self.cleaned_data.items()
            if name.startswith(prefix) and name not in files
        }

    def handed_over(self) -> dict[str, "UploadedFile[Any]"]:
        """The files that came along, by the name of their setting."""
        files = {name: self.cleaned_data[name] for name in self._file_fields()}
        return {name.removeprefix("settings."): file for name, file in files.items() if file}

    def _file_fields(self) -> set[str]:
        return {name for name, field in self.fields.items() if isinstance(field, forms.FileField)}


def _field(question: Question) -> forms.Field:
    options: dict[str, Any] = {"label": question.label, "help_text": question.help, "required": question.is_required}
    if question.kind == "checkbox":
        return forms.BooleanField(**{**options, "required": False}, initial=bool(question.value))
    if question.kind == "select":
        return forms.ChoiceField(**options, choices=question.options, initial=question.value)
    if question.kind == "number":
        return forms.IntegerField(**options, initial=question.value)
    if question.kind == "file":
        dress = {"accept": "image/jpeg,image/png", "class": "form-control"}
        return forms.FileField(**options, max_length=255, widget=forms.FileInput(attrs=dress))
    if question.kind == "password":
        dress = {"autocomplete": "off", "spellcheck": "false"}
        return forms.CharField(**options, max_length=10_000, widget=forms.PasswordInput(attrs=dress))
    return forms.CharField(**options, max_length=1000, initial=question.value)
