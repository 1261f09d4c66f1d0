"""Who works here and where we publish: workspaces, members, invitations, tokens, the audit trail, channel accounts."""
