"""Podcast episodes: finished at the loudness that apps want, with chapters, cover and names in the file."""

from crosscut.media.podcast.chapters import chapters_json, moved, parse_chapters, read_chapter_file, read_chapters
from crosscut.media.podcast.finishing import as_id3v23, cover_notes, finish, plan_episode, told

__all__ = [
    "as_id3v23",
    "chapters_json",
    "cover_notes",
    "finish",
    "moved",
    "parse_chapters",
    "plan_episode",
    "read_chapter_file",
    "read_chapters",
    "told",
]
