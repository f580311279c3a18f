"""工作台, the first page: what is late, due today and open for the one who signs in."""

from typing import Any

from flask import Blueprint
from flask_admin import Admin, AdminIndexView, expose
from werkzeug.wrappers import Response

from admin import visit


class Desk(AdminIndexView):
    """Flask-Admin's index view, without its public copy of old browser code."""

    def create_blueprint(self, admin: Admin) -> Blueprint:
        """Make the blueprint with this view's own addresses and no static files."""
        self.admin = admin
        self.url = "/"
        made = Blueprint(self.endpoint, __name__, template_folder="templates")
        for url, name, methods in self._urls:
            made.add_url_rule(url, name, getattr(self, name), methods=list(methods))
        self.blueprint = made
        return made

    def _handle_view(self, name: str, **_more: Any) -> Response | None:
        """Ask a visitor to sign in."""
        del name
        if visit.person().account_id is None:
            return visit.ask_to_sign_in()
        return None

    @expose("/")
    def index(self) -> Any:
        """Show the desk."""
        return self.render("desk/desk.html")
