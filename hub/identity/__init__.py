"""Who may do what: officers, their passwords and sessions, roles and permissions."""
