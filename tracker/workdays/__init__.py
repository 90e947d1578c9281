"""Working days: the published holiday arrangements, with what an administrator knows better."""
