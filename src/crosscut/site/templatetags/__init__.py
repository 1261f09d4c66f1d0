"""Tags and filters every page may use: `{% load look %}`."""
