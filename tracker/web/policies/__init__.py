"""How a plan reminds: its notices, its ladder and its quiet days, shown to readers and changed by supervisors."""
