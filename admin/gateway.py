"""One set of addresses for all registers, with the register in them.

Three hundred registers cost the start nothing: a register's view is made when somebody
first opens it, and again when its declaration has changed.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, g, request
from flask_admin import Admin

from admin.register_view import RegisterView
from models import catalogue
from models.register import Declaration

ENDPOINT = "register"


class Gateway:
    """Views by register, and the blueprint whose addresses lead to them."""

    def __init__(self, admin: Admin) -> None:
        """Keep the panel that the views belong to."""
        self._admin = admin
        self._views: dict[tuple[str, object], RegisterView] = {}
        self.blueprint = Blueprint(
            ENDPOINT, __name__, url_prefix="/register/<register>"
        )
        for url, name, methods in RegisterView._urls:  # noqa: SLF001 - Flask-Admin's list
            self.blueprint.add_url_rule(
                url, name, self._dispatch(name), methods=list(methods)
            )
        self.blueprint.url_defaults(_same_register)

    def view(self, code: str) -> RegisterView:
        """Return a register's view, made on first use."""
        known = catalogue.current()
        if code not in known:
            abort(404)
        declared = known[code]
        key = (code, known.wording)  # departments with words of their own are few
        made = self._views.get(key)
        if made is None or made.declared is not declared:
            made = self._views[key] = self._make(declared)
        return made

    def _make(self, declared: Declaration) -> RegisterView:
        view = RegisterView(declared, ENDPOINT)
        view.admin = self._admin
        view.blueprint = self.blueprint
        return view

    def _dispatch(self, name: str) -> Callable[..., Any]:
        def run(register: str, **more: Any) -> Any:
            g.register = register
            return getattr(self.view(register), name)(**more)

        return run


def _same_register(_endpoint: str, values: dict[str, Any]) -> None:
    """Lead relative addresses to the register whose page is shown."""
    here = (request.view_args or {}).get("register")
    if here is not None:
        values.setdefault("register", here)
