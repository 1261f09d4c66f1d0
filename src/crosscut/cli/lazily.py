"""Commands whose code is read when they are called, so that `crosscut --help` and each command start at once."""

import importlib
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup


@dataclass(frozen=True, kw_only=True)
class Word:
    """One command, or a group of them (a Typer), before its code is read."""

    place: str  # "crosscut.cli.probe:probe"
    says: str  # what the list of commands says of it: the beginning of its function's docstring
    is_hidden: bool = False
    settings: dict[str, Any] = field(default_factory=dict)  # of click's context

    def command(self) -> Any:
        """The whole command, its code read."""
        module, _, name = self.place.partition(":")
        function = getattr(importlib.import_module(module), name)
        if isinstance(function, typer.Typer):
            return typer.main.get_command(function)
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        alone.command(name, hidden=self.is_hidden, context_settings=self.settings or None)(function)
        return typer.main.get_command(alone)


class Words(MutableMapping[str, Any]):
    """The commands by name; each is read when it is asked for."""

    def __init__(self, words: dict[str, Word]) -> None:
        self._words = words
        self._read: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._read:
            self._read[name] = self._words[name].command()
        return self._read[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._read[name] = command

    def __delitem__(self, name: str) -> None:
        del self._words[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)

    def sketch(self, name: str) -> TyperCommand | None:
        """The command as far as a list shows it; None for a word there is not."""
        word = self._words.get(name)
        return TyperCommand(name=name, help=word.says, hidden=word.is_hidden) if word else None


def group_of(words: dict[str, Word]) -> type[TyperGroup]:
    """The class of a command group with these words, for `typer.Typer(cls=…)`."""

    class Group(TyperGroup):
        """Knows all words and reads the code of one."""

        def __init__(self, **given: Any) -> None:
            super().__init__(**given)
            self.words = Words(words)
            self.commands = self.words

        def list_commands(self, ctx: Any) -> list[str]:
            return list(self.words)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            return self.words.sketch(cmd_name)

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:
            name, command, rest = super().resolve_command(ctx, args)
            return name, self.words[name] if name and command else command, rest

    return Group
