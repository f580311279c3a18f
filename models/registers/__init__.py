"""The registers the engine itself knows, one module for each paper it replaces."""

import importlib
import pkgutil


def load_all() -> None:
    """Import every module of this package, so that its registers are known."""
    for found in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{found.name}")
