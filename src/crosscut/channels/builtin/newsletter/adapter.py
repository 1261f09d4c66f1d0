"""Publishes issues on their pages, reads them back as a visitor gets them, and hands letters to the mail server."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import BaseModel

from crosscut.channels import smtp
from crosscut.channels.builtin.newsletter.letter import issue_letter, question_letter
from crosscut.channels.builtin.newsletter.pages import page_sheets, readers_page
from crosscut.channels.builtin.newsletter.returns import look
from crosscut.channels.builtin.newsletter.settings import NewsletterSettings
from crosscut.channels.local import FolderAdapter
from crosscut.channels.mailing import Letter, Page, PostOffice, Recipient, Returns
from crosscut.channels.page.reading import article_seen
from crosscut.channels.printing import Sheet
from crosscut.channels.protocol import Context, Post, Profile, Seen
from crosscut.channels.shelf import Item, Shelf
from crosscut.kernel.errors import Problem, Rejected
from crosscut.kernel.facts import Kind
from crosscut.kernel.phrases import phrase


class NewsletterAdapter(FolderAdapter[NewsletterSettings]):
    """A newsletter: a folder of issues, and a mail server."""

    def sheets(self, settings: NewsletterSettings, items: list[Item]) -> Iterator[Sheet]:
        """Every page of the newsletter."""
        yield from page_sheets(settings, items)

    def objections(self, post: Post) -> list[Problem]:
        """What keeps this post from being an issue: it needs a subject, and letters carry no films."""
        problems = []
        if not post.title.strip():
            problems.append(("no_title", "title", phrase("An issue needs a title: it is the letter's subject.")))
        if any(media.kind is not Kind.IMAGE for media in post.media):
            problems.append(("only_pictures", "media", phrase("Letters show pictures only: link to films and sound.")))
        return [Problem(code=f"newsletter.{code}", where=where, message=words) for code, where, words in problems]

    def connect(self, context: Context) -> Profile:
        """Who we are, after signing in at the mail server and the mailbox. Draws the pages once and sends nothing."""
        with self.post_office(context):
            pass
        look(self.settings_of(context), context, after="", most=0)
        return super().connect(context)

    def profile(self, settings: NewsletterSettings) -> Profile:
        """The newsletter by its address and its sender."""
        return Profile(
            remote_id=settings.base_url,
            name=settings.title,
            handle=settings.sender,
            url=f"{settings.base_url}/",
            can=("publish issues", "send letters to its readers", "take an issue's page down"),
        )

    def read(self, context: Context, remote_id: str) -> Seen | None:
        """The issue's page as a visitor's browser gets it, with the bytes of its pictures hashed."""
        return article_seen(context, self.settings_of(context), remote_id)

    @contextmanager
    def post_office(self, context: Context) -> Iterator[PostOffice]:
        """The mail server, signed in."""
        settings = self.settings_of(context)
        login = smtp.Login(
            host=settings.host,
            port=settings.port,
            security=settings.security,
            user=settings.user,
            password=context.secrets.get("password", ""),
            sender=settings.sender,
        )
        with smtp.opened(login, allowed_hosts=context.allowed_hosts, not_after_s=context.not_after_s) as server:
            yield server

    def issue(self, context: Context, remote_id: str, to: Recipient) -> Letter:
        """The issue as it stands on its page, for one reader."""
        settings = self.settings_of(context)
        shelf = Shelf(settings.folder)
        item = shelf.live(remote_id)
        if item is None:
            raise Rejected(phrase("This issue was taken down: no more letters of it go out."))
        return issue_letter(settings, item, to, media=shelf.media_folder, at=context.now())

    def question(self, context: Context, to: Recipient, *, confirm_url: str) -> Letter:
        """The letter of the double opt-in."""
        return question_letter(self.settings_of(context), to, confirm_url=confirm_url, at=context.now())

    def page(self, settings: BaseModel, page: Page) -> bytes:
        """One of the readers' pages."""
        return readers_page(NewsletterSettings.model_validate(settings.model_dump()), page)

    def returns(self, context: Context, *, after: str, most: int) -> Returns:
        """What came back to the sender's mailbox."""
        return look(self.settings_of(context), context, after=after, most=most)

    def pace_per_minute(self, settings: BaseModel) -> int:
        """As the account's settings say."""
        return NewsletterSettings.model_validate(settings.model_dump()).letters_per_minute
