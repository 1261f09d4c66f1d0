"""Why content is made: campaigns, audiences, key results, money."""
