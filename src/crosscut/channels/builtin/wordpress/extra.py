"""What only a WordPress article has."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class PostExtra(BaseModel):
    """Where the article is filed, and how its words are written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    categories: tuple[str, ...] = Field((), title="Categories", description="Their names, with commas between them.")
    format: Literal["html"] | None = Field(
        None, title="Written in", description="Markdown, unless the words are HTML already."
    )
