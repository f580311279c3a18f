"""No field can take the place of what a form itself does or holds by a name."""

from flask_admin.form import BaseForm
from werkzeug.datastructures import MultiDict

from models.register_checks_names import RESERVED
from tests.company import Company


def test_what_a_form_has_by_a_name_is_no_name_of_a_field(company: Company) -> None:
    with company.app.test_request_context():
        form = BaseForm(MultiDict())
        named = {name for name in dir(form) if not name.startswith("_")}

    assert {"process", "validate", "data"} <= named
    assert named - {"Meta"} <= RESERVED  # no field begins with a capital
