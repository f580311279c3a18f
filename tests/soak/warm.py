"""All that a forked process needs, read once: the process it is forked from has it."""

from sqlalchemy.orm import configure_mappers

from models import catalogue
from tests.soak import labour, leading, watching

configure_mappers()
catalogue.current()

__all__ = ["labour", "leading", "watching"]
