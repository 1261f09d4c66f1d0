"""The words two or more units share. No input or output, no Django, nothing above."""
