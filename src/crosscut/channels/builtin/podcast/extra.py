"""What only an episode has."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Person(BaseModel):
    """Somebody who is heard or who helped (https://podcasting2.org/docs/podcast-namespace/tags/person)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=128)
    role: str = ""
    group: str = ""
    img: str = ""
    href: str = ""


class EpisodeExtra(BaseModel):
    """Where the episode stands in the podcast, and what apps warn of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    season: int | None = Field(None, ge=1, strict=True, title="Season", description="A whole number from 1.")
    episode: int | None = Field(None, ge=1, strict=True, title="Episode", description="Its number in the season.")
    episode_type: Literal["full", "trailer", "bonus"] | None = Field(
        None, title="Kind of episode", description="What apps call it; a full episode unless you choose."
    )
    is_explicit: bool | None = Field(None, title="Explicit", description="Strong language or adult topics.")
    persons: tuple[Person, ...] = Field((), title="People", description="Who is heard.")
