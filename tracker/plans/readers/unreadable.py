"""The one way in which reading a document fails."""


class Unreadable(ValueError):
    """A document that cannot be read; the message says what to do."""
