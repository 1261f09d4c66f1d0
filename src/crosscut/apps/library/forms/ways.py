"""Forms for places from which files come. The services check."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class FolderForm(forms.Form):
    """A folder of the server."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("As the team calls it: “Studio drop box”."))
    path = forms.CharField(label=_("Folder"), max_length=1000, help_text=_("On the server, from / on."))

    def settings(self) -> dict[str, Any]:
        """What was entered."""
        return {"path": self.cleaned_data["path"]}

    def password(self) -> str:
        """A folder has none."""
        return ""


class BucketForm(forms.Form):
    """A bucket of an S3 store."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("As the team calls it: “Agency deliveries”."))
    bucket = forms.CharField(label=_("Bucket"), max_length=63)
    begins_with = forms.CharField(
        label=_("Only what begins with"), max_length=500, required=False, help_text=_("A folder in it: shoots/2026/")
    )
    region = forms.CharField(label=_("Region"), max_length=60, initial="us-east-1")
    endpoint = forms.CharField(
        label=_("Address of the store"),
        max_length=500,
        required=False,
        help_text=_("https://s3.example.org. Empty for Amazon's own."),
    )
    access_key = forms.CharField(label=_("Access key"), max_length=200)
    password_ = forms.CharField(
        label=_("Secret key"),
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Of a user who may list and read this bucket, and nothing else. It is kept encrypted."),
    )

    def settings(self) -> dict[str, Any]:
        """What was entered, without the secret."""
        told = {name: self.cleaned_data[name] for name in ("bucket", "region", "endpoint", "access_key")}
        return {**told, "prefix": self.cleaned_data["begins_with"]}

    def password(self) -> str:
        """The secret."""
        return str(self.cleaned_data["password_"])


class CardForm(FolderForm):
    """A folder in which camera cards appear."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("As the team calls it: “Card reader, desk 2”."))
    path = forms.CharField(
        label=_("Where cards appear"), max_length=1000, help_text=_("On the server: /media/cards, or the card itself.")
    )


class MailForm(forms.Form):
    """A mailbox."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("As the team calls it: “Photos by mail”."))
    host = forms.CharField(label=_("IMAP server"), max_length=253)
    port = forms.IntegerField(label=_("Port"), initial=993, min_value=1, max_value=65535)
    user = forms.CharField(label=_("User"), max_length=200)
    password_ = forms.CharField(
        label=_("Password"),
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Best one for this purpose alone. It is kept encrypted."),
    )
    folder = forms.CharField(label=_("Folder"), max_length=200, initial="INBOX")
    senders = forms.CharField(
        label=_("Who may send"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "Addresses, or @example.org for everybody there; with commas or in lines. Others' messages are left alone."
        ),
    )

    def settings(self) -> dict[str, Any]:
        """What was entered, without the secret."""
        data = self.cleaned_data
        senders = [part for part in data["senders"].replace(",", "\n").splitlines() if part.strip()]
        return {name: data[name] for name in ("host", "port", "user", "folder")} | {"senders": senders}

    def password(self) -> str:
        """The secret."""
        return str(self.cleaned_data["password_"])
