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
