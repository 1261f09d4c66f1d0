"""The pages of pieces: the list, the editor, approval and history."""
