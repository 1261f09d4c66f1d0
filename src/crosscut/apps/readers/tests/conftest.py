from crosscut.apps.readers.tests.made import desk

__all__ = ["desk"]
