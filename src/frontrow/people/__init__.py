"""Who: users, organisers and their teams, sessions, and what each may do."""
