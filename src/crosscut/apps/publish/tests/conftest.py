from crosscut.apps.publish.tests.world import world

__all__ = ["world"]
