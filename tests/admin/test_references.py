"""What entries are called when others refer to them."""

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from models import catalogue, references
from models.access import marked
from tests.company import Company


def _ids(session: Session, code: str) -> list[int]:
    table = catalogue.current().table(code)
    return list(session.scalars(marked(select(table.c.id), code)))


def test_several_registers_are_asked_at_once_and_answer_as_each_alone(
    company: Company,
) -> None:
    with company.database.read() as session:
        held = {code: _ids(session, code) for code in ("staff", "department", "branch")}
        held["customer_file"] = [987_654]
        asked: list[str] = []
        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", lambda *it: asked.append(it[2]))

        found = references.labels_of(session, held)

        assert len(asked) == 1
        for code, ids in held.items():
            assert found[code] == references.labels(session, code, ids)
        assert all(found[code] for code in ("staff", "department", "branch"))
        assert found["customer_file"] == {}


def test_nothing_held_asks_nothing(company: Company) -> None:
    with company.database.read() as session:
        assert references.labels_of(session, {}) == {}
        assert references.labels_of(session, {"staff": []}) == {"staff": {}}
