"""How a plan scores and what surrounds it: every version with its source, and the form that makes the next."""
