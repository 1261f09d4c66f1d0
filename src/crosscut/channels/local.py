"""What the channels that are a folder of ours have in common: one way to publish, find, change and take down."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from crosscut.channels.fields import AbsoluteFolder, WebAddress
from crosscut.channels.folder import locked, trouble, write
from crosscut.channels.printing import Sheet, bring_up_to_date
from crosscut.channels.protocol import Context, Post, Profile, Sent
from crosscut.channels.shelf import Item, Shelf, gone_paths
from crosscut.channels.staticserver import App, static_app
from crosscut.kernel.errors import OutcomeUnknown, Problem, Rejected, RetryLater, Unavailable
from crosscut.kernel.phrases import phrase


class FolderSettings(BaseModel):
    """What every channel in a folder of ours must know."""

    folder: AbsoluteFolder
    base_url: WebAddress


Settings = TypeVar("Settings", bound=FolderSettings)


class FolderAdapter(ABC, Generic[Settings]):
    """Publishes into a folder. The item is the post: what the public sees is drawn from it, again where need be."""

    serving_headers: dict[str, str] = {}

    @abstractmethod
    def sheets(self, settings: Settings, items: list[Item]) -> Iterator[Sheet]:
        """Every public file for these posts, newest first."""

    @abstractmethod
    def objections(self, post: Post) -> list[Problem]:
        """What keeps this post from being published here."""

    @abstractmethod
    def profile(self, settings: Settings) -> Profile:
        """Who we are here."""

    def settings_of(self, context: Context) -> Settings:
        """The channel's own settings."""
        settings: Any = context.settings
        return settings  # type: ignore[no-any-return]  # the registry pairs an adapter with its settings class

    def connect(self, context: Context) -> Profile:
        """Who we are, after drawing the public folder once: that proves that it can be written."""
        settings = self.settings_of(context)
        with _before(settings.folder), locked(settings.folder):
            self._draw(settings)
        return self.profile(settings)

    def publish(self, context: Context, post: Post) -> Sent:
        """The post, made once however often it is asked for."""
        settings = self.settings_of(context)
        if problems := self.objections(post):
            raise Rejected(problems=problems)
        shelf = Shelf(settings.folder)
        with locked(settings.folder, not_after_s=context.not_after_s):
            with _before(settings.folder):
                item = shelf.live(post.key) or shelf.put(post, context.now())
            with _after(post.key):
                self._draw(settings)
        return self.sent(settings, item)

    def update(self, context: Context, remote_id: str, post: Post) -> Sent:
        """The post with its new content at its old address."""
        settings = self.settings_of(context)
        if problems := self.objections(post):
            raise Rejected(problems=problems)
        shelf = Shelf(settings.folder)
        with locked(settings.folder):
            if post.key != remote_id or not shelf.live(remote_id):
                raise Rejected(phrase("There is no such post here to change: it was taken down or never published."))
            with _before(settings.folder):
                item = shelf.put(post, context.now())
            with _after(post.key):
                self._draw(settings)
        return self.sent(settings, item)

    def find(self, context: Context, post: Post, *, since: datetime) -> Sent | None:
        """The post if its item is there, after completing what a kill may have left undrawn."""
        settings = self.settings_of(context)
        with _reading(settings.folder), locked(settings.folder):
            item = Shelf(settings.folder).live(post.key)
            if item:
                self._draw(settings)
        return self.sent(settings, item) if item else None

    def delete(self, context: Context, remote_id: str) -> None:
        """Takes the post down; its address then answers that it is gone."""
        settings = self.settings_of(context)
        shelf = Shelf(settings.folder)
        with locked(settings.folder), _before(settings.folder):
            if item := shelf.live(remote_id):
                shelf.bury(item, context.now())
            self._draw(settings)

    def public_app(self, settings: BaseModel) -> Callable[..., Any]:
        """A WSGI application that shows the public folder and knows what was taken down."""
        folder = FolderSettings.model_validate(settings.model_dump()).folder
        return _app(folder, self.serving_headers)

    def sent(self, settings: Settings, item: Item) -> Sent:
        """The receipt: where the post is."""
        return Sent(
            remote_id=item.key,
            url=f"{settings.base_url}/{item.href}",
            answer={"path": item.path, "published_at": item.published_at.isoformat()},
        )

    def _draw(self, settings: Settings) -> None:
        everything = Shelf(settings.folder).all()
        items = [item for item in everything if not item.gone_at]
        names = {name for item in items for name in media_names(item)}
        bring_up_to_date(settings.folder, self.sheets(settings, items), media=names)
        write(settings.folder / "gone.txt", gone_paths(everything).encode())


def media_names(item: Item) -> Iterator[str]:
    """Every file of the media folder that the post needs."""
    for media in item.media:
        yield media.name
        yield from (track.name for track in media.tracks)
        yield from (still.name for still in (*media.smaller, *([media.poster] if media.poster else [])))


def _app(folder: Path, headers: dict[str, str]) -> App:
    def is_gone(address: str) -> bool:
        gone = folder / "gone.txt"
        return gone.is_file() and address in gone.read_text().splitlines()

    return static_app(folder / "public", is_gone=is_gone, headers=headers)


@contextmanager
def _before(folder: Path) -> Iterator[None]:
    """Nothing is public yet, or it may be done again: a disk that fails means later."""
    try:
        yield
    except OSError as error:
        raise trouble(error, folder) from error
    except Unavailable as error:
        raise RetryLater(str(error)) from error


@contextmanager
def _reading(folder: Path) -> Iterator[None]:
    """Whether the post is there cannot be told now: that is never a refusal."""
    try:
        yield
    except OSError as error:
        raise RetryLater(str(trouble(error, folder))) from error
    except (Rejected, Unavailable) as error:
        raise RetryLater(str(error)) from error


@contextmanager
def _after(key: str) -> Iterator[None]:
    """The post exists: a disk that fails now leaves it to `find` to complete."""
    try:
        yield
    except (OSError, Unavailable) as error:
        raise OutcomeUnknown(
            phrase("The post is kept and the pages could not all be written: {error}", error=str(error)), key=key
        ) from error
