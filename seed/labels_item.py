"""The words that a template gives its department for registers, fields and options.

Each word is merged by itself: one that an admin changed or took away stays so.
"""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from models import catalogue, wordings
from models.history import Writer
from models.words import Label
from seed.items import Item, Values
from seed.template import Labelled, Placed, Template
from seed.template_error import Fault, one_of

EVERYWHERE = Label("各台账", "every register")


class LabelsItem(Item):
    """The department's words about one register; `*` for those about all."""

    kind = "labels"
    kind_label = Label("部门用语", "words of the department")
    scoped = True

    def read(self, session: Session, scope: int) -> Values | None:
        """Return the department's words about it; None if there are none."""
        said = wordings.said(session, scope)
        return {
            key: [one.zh, one.en] for key, one in said.items() if self._is_mine(key)
        } or None

    def _is_mine(self, key: str) -> bool:
        return key.partition(".")[0] == self.code

    def write(
        self, session: Session, scope: int, values: Values, writer: Writer
    ) -> None:
        """Say these words beside those about other registers."""
        said = wordings.said(session, scope)
        others = {key: one for key, one in said.items() if not self._is_mine(key)}
        own = {key: Label(*pair) for key, pair in values.items()}
        wordings.save(session, scope, others | own, writer)


def labels_items(template: Template) -> Iterator[LabelsItem]:
    """Yield the words that a template gives, by register."""
    known = catalogue.current()
    wanted: dict[str, Values] = {}
    for one in template.labels:
        said = one.stanza
        code = said.key.partition(".")[0]
        wanted.setdefault(code, {})[said.key] = [said.words.zh, said.words.en]
    for code, values in wanted.items():
        label = known[code].title if code in known else EVERYWHERE
        yield LabelsItem(code, label, values)


def wrong_labels(template: Template) -> Iterator[Fault]:
    """Yield what no word can be given to, and words that two fields would share."""
    known = catalogue.current()
    placed = {one.stanza.key: one for one in template.labels}
    for key, one in placed.items():
        if wordings.meant(known, key) is None:
            yield one.fault(_nothing(key))
        elif len(one.stanza.words.zh) > wordings.LONGEST:
            yield one.fault(
                Label(
                    f"叫法最多 {wordings.LONGEST} 个字。",
                    f"A word has {wordings.LONGEST} characters at most.",
                )
            )
    words = {key: one.stanza.words.label for key, one in placed.items()}
    for code, name, label in wordings.alike(known, words):
        said = placed.get(f"{code}.{name}") or placed.get(f"{wordings.EVERY}.{name}")
        yield _twice(said or next(iter(placed.values())), code, label)


def _twice(one: Placed[Labelled], code: str, label: Label) -> Fault:
    title = catalogue.current()[code].title
    return one.fault(
        Label(
            f"{title.zh}里会有两个字段都叫“{label.zh}”，请换一个叫法。",
            f"Two fields of {title.en} would be called “{label.en}”.",
        )
    )


def _nothing(key: str) -> Label:
    """Say what a key could have been."""
    known = catalogue.current()
    code, _, rest = key.partition(".")
    if code not in (*known.codes, wordings.EVERY):
        return one_of(code, list(known.codes), Label("台账代号", "a register"))
    name, _, value = rest.partition(".")
    declared = [one for one in known if code in (one.code, wordings.EVERY)]
    names = list(dict.fromkeys(it.name for one in declared for it in one.all_fields))
    if name not in names:
        return one_of(name, names, Label("这个台账的字段", "a field of this register"))
    options = [
        it.value for one in declared if one.has(name) for it in one.field(name).options
    ]
    return one_of(value, options, Label("这个字段的选项", "an option of this field"))
