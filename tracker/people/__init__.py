"""Organizations, groups and the people who act for them."""
