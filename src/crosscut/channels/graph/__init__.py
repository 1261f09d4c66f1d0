"""The Graph API, as several networks of one house speak it: requests, refusals, login pages, containers, time lines."""
