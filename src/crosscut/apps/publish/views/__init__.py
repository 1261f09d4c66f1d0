"""The pages of posts: the calendar, what is live, a post's story, and the hold switch."""
