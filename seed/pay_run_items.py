"""How a template runs pay; posts are told by their names and kept by their ids."""

from sqlalchemy.orm import Session

from models import pay_settings, preferences
from models.history import Writer
from models.words import Label
from seed.items import Item, Values
from seed.pay_stanzas import PayRunStanza
from seed.scoped_items import posts_by_name


class PayRunItem(Item):
    """The settings of pay runs; an admin's own are kept, each by itself."""

    kind = "pay_run"
    kind_label = Label("绩效核算设置", "setting of pay runs")

    def read(self, session: Session, scope: int) -> Values | None:
        """Return what is set; None where nobody set anything."""
        del scope
        if preferences.get(session, pay_settings.NAME) is None:
            return None
        said = pay_settings.read(session).kept()
        names = {number: name for name, number in posts_by_name(session).items()}
        return said | {
            "reviewers": sorted(names.get(one, str(one)) for one in said["reviewers"])
        }

    def write(
        self, session: Session, scope: int, values: Values, writer: Writer
    ) -> None:
        """Set them."""
        del scope, writer
        posts = posts_by_name(session)
        reviewers = sorted(posts[one] for one in values["reviewers"] if one in posts)
        kept = values | {"reviewers": reviewers}
        preferences.put(session, pay_settings.NAME, kept)


def pay_run_item(stanza: PayRunStanza) -> PayRunItem:
    """Return a stanza as an item."""
    values = {
        "four_eyes": stanza.four_eyes,
        "reviewers": sorted(stanza.reviewers),
        "closing_day": stanza.closing_day,
        "closing_roll": stanza.closing_roll,
        "periods_back": stanza.periods_back,
    }
    return PayRunItem(stanza.code, stanza.title.label, values)
