"""Files that a channel takes before the post that shows them: one after the other, each in steps of its own.

What is kept of a post is `{"files": [...]}`, a mapping per file in order. Whoever begins a file, or brings it further,
gives back what to keep of it: `id` names it, `is_done` says that nothing is left to do, and `after_s`, which is not
kept, when to go on.
"""

from collections.abc import Callable, Mapping
from typing import Any

from crosscut.channels.protocol import STAGED_LOST, Post, PostMedia, Staged
from crosscut.kernel.errors import Problem, RetryLater

File = dict[str, Any]


def next_step(
    post: Post, *, begin: Callable[[PostMedia], File], further: Callable[[Mapping[str, Any], PostMedia], File]
) -> Staged:
    """One step further with the first file that is not done; ready where all are, at once where there are none."""
    files = _kept(post)
    for number, media in enumerate(post.media):
        if number == len(files):
            files.append(begin(media))
        elif files[number].get("is_done"):
            continue
        else:
            files[number] = further(files[number], media)
        after_s = float(files[number].pop("after_s", 0))
        return Staged(kept={"files": files}, is_ready=_is_whole(files, post), after_s=after_s)
    return Staged(kept={"files": files}, is_ready=True)


def names_of(post: Post, *, missing: str) -> list[str]:
    """The channel's names for the files of a post. Raises RetryLater with `STAGED_LOST` where it lacks one."""
    files = _kept(post)
    if not _is_whole(files, post):
        raise lost(missing)
    return [str(file["id"]) for file in files]


def lost(words: str) -> RetryLater:
    """What is kept is of no use: begin anew."""
    return RetryLater(words, after_s=5, problems=[Problem(code=STAGED_LOST, message=words)])


def _kept(post: Post) -> list[File]:
    return [dict(file) for file in dict(post.extra.get("kept") or {}).get("files", ())]


def _is_whole(files: list[File], post: Post) -> bool:
    return len(files) == len(post.media) and all(file.get("is_done") for file in files)
