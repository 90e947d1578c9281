"""The roles by name, as the tables of routes group them."""

READERS = "admin supervisor leader reviewer lead clerk office"
EVERYONE = f"{READERS} auditor"
BUT_OVERSEERS = "leader reviewer lead clerk office auditor"
BUT_ADMIN = f"supervisor {BUT_OVERSEERS}"
BUT_SUPERVISOR = f"admin {BUT_OVERSEERS}"
