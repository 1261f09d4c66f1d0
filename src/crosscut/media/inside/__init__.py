"""What touches foreign bytes. Runs only in the capped child processes of `crosscut.media.capped`, called by name."""
