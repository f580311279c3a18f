"""What pay cannot do, as people are told it."""

from models.words import PersonError


class PayError(PersonError):
    """There is no such run, slip or line, or nobody to pay."""
