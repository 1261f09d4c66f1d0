"""Where the asset is used: every version, the files made from it, the pieces, the posts and their addresses."""

from typing import Any

from crosscut.apps.accounts.models import Member
from crosscut.apps.library import queries
from crosscut.apps.library.models import Asset


def context(member: Member, asset: Asset) -> dict[str, Any]:
    """The tree, and how many posts show it now or are to."""
    tree = queries.tree_of(asset)
    posts = {post.id: post for version in tree for post in version.posts}.values()
    return {
        "tree": [version for version in tree if version.files or version.is_current],
        "is_used": any(version.files for version in tree),
        "live_count": sum(post.is_live for post in posts),
        "planned_count": sum(post.is_planned for post in posts),
    }
