"""What a person tells about a Drupal site: where it is, who writes, and which field takes what."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from crosscut.channels.fields import WebAddress

_MACHINE = r"[a-z][a-z0-9_]{0,31}"  # how Drupal names types and fields
Name = Annotated[str, StringConstraints(strip_whitespace=True, pattern=rf"^{_MACHINE}$")]
NameOrNothing = Annotated[str, StringConstraints(strip_whitespace=True, pattern=rf"^({_MACHINE})?$")]


class Settings(BaseModel):
    """One user, or one OAuth consumer, writing one content type. The names are those of Drupal's own article."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    site_url: WebAddress = Field(title="Website", description="The site's address: https://reef.example")
    username: str = Field("", max_length=60, title="User name", description="Who writes. Empty with a client ID.")
    client_id: str = Field(
        "",
        max_length=255,
        title="OAuth client ID",
        description="Of a consumer of Simple OAuth; the password is then its secret. Empty: user name and password.",
    )
    content_type: Name = Field("article", title="Content type", description="Its machine name, such as “article”.")
    body_field: Name = Field(
        "body", title="Field for the words", description="Machine name of a field with formatted text."
    )
    text_format: Name = Field(
        "basic_html",
        title="Text format",
        description="One that this user may use. It must let paragraphs and links through.",
    )
    picture_field: NameOrNothing = Field(
        "field_image", title="Field for pictures", description="Its machine name. Empty: posts have no pictures."
    )
    media_type: NameOrNothing = Field(
        "",
        title="Media type of pictures",
        description="Where the field refers to media: the media type, mostly “image”. Empty: it takes files itself.",
    )
    media_field: Name = Field(
        "field_media_image", title="Picture in a medium", description="The media type's own field that holds the file."
    )
    tags_field: NameOrNothing = Field("field_tags", title="Field for tags", description="Empty: tags are left out.")
    vocabulary: Name = Field("tags", title="Vocabulary", description="Where tags are looked up; missing ones are made.")
    moderation_state: NameOrNothing = Field(
        "",
        title="State when public",
        description="Where the content type has a workflow: the state that publishes, mostly “published”.",
    )

    @property
    def resource(self) -> str:
        """The content type as JSON:API calls it."""
        return f"node--{self.content_type}"

    @property
    def path(self) -> str:
        """Where its articles are."""
        return f"/node/{self.content_type}"
