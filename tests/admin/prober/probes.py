"""What is tried: for every address of the application and every register, generated.

Addresses come from the URL map, registers and fields from the catalogue; a new register
or page is tried without another line here. A rule whose arguments are not known here
cannot be tried, and fails the test that lists them.
"""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any
from urllib.parse import quote, urlencode

from werkzeug.routing import Rule

from admin.filters import OPERATIONS, WITHOUT_VALUE
from models import catalogue
from models.access import Action
from models.register import REFERENCES, Declaration
from tests.admin.prober.attacker import Attacker, Request
from tests.admin.prober.beside import PERIOD
from tests.admin.prober.canaries import FOREIGN, Canary, word
from tests.admin.prober.planting import Plant

# What an address may be made of: the name of a rule's argument -> its values for one
# planted entry.
ARGUMENTS: dict[str, Callable[[Plant], str | int]] = {
    "register": lambda plant: plant.register,
    "entry_id": lambda plant: plant.entry_id,
    "attachment_id": lambda plant: plant.attachment_id,
    "comment_id": lambda plant: plant.comment_id,
    "batch_id": lambda plant: plant.batch_id,
    "message_id": lambda plant: plant.message_id,
    "staff_id": lambda plant: plant.staff_id,
    "period": lambda _: PERIOD,
    "measure": lambda _: "hours",
    "code": lambda _: "S0-04-22",
    "action": lambda _: "review",
    "account_id": lambda _: 1,
    "role_id": lambda _: 1,
    "target_id": lambda _: 1,
    "clock_id": lambda _: 1,
    "calendar_id": lambda _: 1,
    "duty_id": lambda _: 1,
    "verdict_id": lambda _: 1,
    "doing": lambda _: "remind",
    "way": lambda _: "explain",
    "measure_id": lambda _: 1,
    "scheme_id": lambda _: 1,
    "channel_id": lambda _: 1,
    "department": lambda _: 1,
    "name": lambda _: "phone",
    "group": lambda _: "m1",
    "batch": lambda _: "bulk-1",
    "export_type": lambda _: "csv",
    "filename": lambda _: "css/layout.css",
    "merge_id": lambda _: 1,
    "whose": lambda _: "own",
    "key": lambda _: 1,
}
SAFE, CHANGING = ("GET", "HEAD", "OPTIONS"), ("POST",)
ODD = ("PUT", "DELETE", "PATCH", "TRACE")
# Files of the program itself, the same for everybody.
NOT_OURS = frozenset({"static"})


def unknown(rules: Iterator[Rule]) -> list[str]:
    """Return the rules that cannot be tried: their arguments are not known here."""
    return [str(rule) for rule in rules if set(rule.arguments) - set(ARGUMENTS)]


def addresses(
    attacker: Attacker, plant: Plant, method: str, *, of_register: bool
) -> Iterator[tuple[str, str]]:
    """Yield (endpoint, path) of every rule with a method, about one planted entry."""
    app = attacker.company.app
    with app.test_request_context():
        adapter = app.url_map.bind("")
        for rule in app.url_map.iter_rules():
            fits = ("register" in rule.arguments) == of_register
            if not fits or method not in (rule.methods or ()):
                continue
            if rule.endpoint in NOT_OURS:
                continue
            values = {name: ARGUMENTS[name](plant) for name in rule.arguments}
            yield rule.endpoint, adapter.build(rule.endpoint, values, method)


# Looking ------------------------------------------------------------------------------


def looks(attacker: Attacker, plant: Plant) -> Iterator[Request]:
    """Yield every way to look at one planted entry, at its addresses and by its id."""
    key = {"id": plant.entry_id, "entry_id": plant.entry_id, "pk": plant.entry_id}
    for _, path in addresses(attacker, plant, "GET", of_register=True):
        yield Request.of("GET", f"{path}?{urlencode(key)}")
    base = f"/register/{plant.register}"
    declared = catalogue.current()[plant.register]
    columns = [("column", one.name) for one in declared.all_fields]
    every = urlencode([*columns, ("size", 200)])
    yield Request.of("GET", f"{base}/?{every}")
    yield Request.of("GET", f"{base}/?bin=1&{every}")
    yield Request.of("GET", f"{base}/export/csv/?{every}")
    yield Request.of("GET", f"{base}/export/xlsx/?{every}")
    yield Request.of("HEAD", f"{base}/details/?id={plant.entry_id}")


def beside(attacker: Attacker, plant: Plant) -> Iterator[Request]:
    """Yield the ways round: pickers, what is made of it, conditions on what it is."""
    declared, known = catalogue.current()[plant.register], catalogue.current()
    base = f"/register/{plant.register}"
    for one in declared.all_fields:
        if one.type not in REFERENCES or one.refers_to is None:
            continue
        target = attacker.garden.plants[one.refers_to, plant.whose]
        yield Request.of("GET", f"{base}/ajax/lookup/?name={one.name}&limit=999999")
        if one.filterable:
            chip = f"{one.name}~is~{target.entry_id}"
            yield Request.of("GET", f"{base}/?{urlencode({'w': chip})}")
    for code in _steps(declared):
        step = urlencode({"id": plant.entry_id, "step": code})
        yield Request.of("GET", f"{base}/step/?{step}")
    for made in declared.makes:
        if made.target in known and attacker.rows(made.target, Action.CREATE):
            of = {"of": plant.register, "of_id": plant.entry_id, "via": made.via}
            yield Request.of("GET", f"/register/{made.target}/new/?{urlencode(of)}")
    for one in declared.all_fields:
        if one.type in REFERENCES and one.refers_to:
            target = attacker.garden.plants[one.refers_to, plant.whose]
            asked = urlencode({one.name: target.entry_id})
            yield Request.of("GET", f"{base}/side/?{asked}")
            yield Request.of("GET", f"{base}/new/?{asked}")


def elsewhere(attacker: Attacker, plant: Plant) -> Iterator[Request]:
    """Yield the addresses of no register, about what is beside a planted entry."""
    for endpoint, path in addresses(attacker, plant, "GET", of_register=False):
        if endpoint != "account.language":  # everybody's own, and changes by a look
            yield Request.of("GET", path)


# Telling what exists from what does not -----------------------------------------------


def oracles(attacker: Attacker, plant: Plant) -> Iterator[tuple[str, Request, Request]]:
    """Yield pairs of requests, for a hidden value and for one that is nobody's."""
    declared = catalogue.current()[plant.register]
    reached = attacker.reaches(plant.register, plant.whose, Action.LIST)
    base = f"/register/{plant.register}"
    for one in attacker.garden.of(plant.register, plant.whose):
        if one.text not in attacker.hidden or not one.like:
            continue
        # On rows that may be listed a masked value is found when it is whole.
        parts = [(one.text, one.like)] if not reached else _parts(one)
        for there, nowhere in parts:
            for query in _queries(declared, one):
                pair = [
                    Request.of("GET", f"{base}/count/?{query}{quote(text)}")
                    for text in (there, nowhere)
                ]
                yield f"{there}|{nowhere}", pair[0], pair[1]


def _parts(one: Canary) -> list[tuple[str, str]]:
    """Return pieces of a hidden value, none of which may be told from another."""
    pieces = (slice(2, -1), slice(None, -1))
    pairs = [(one.text[it], one.like[it]) for it in pieces]
    return [(there, nowhere) for there, nowhere in pairs if there != nowhere]


def _queries(declared: Declaration, one: Canary) -> Iterator[str]:
    said = declared.field(one.field)
    yield "q="
    for operation, _ in OPERATIONS.get(said.type, ()):
        if operation not in WITHOUT_VALUE:
            yield f"w={one.field}~{operation}~"
    yield f"w={one.field}~contains~"


def everywhere(
    attacker: Attacker, plant: Plant
) -> Iterator[tuple[str, Request, Request]]:
    """Yield the same over all registers: the search and the softphone's address."""
    for one in attacker.garden.of(plant.register, plant.whose):
        if one.text not in attacker.hidden or not one.like:
            continue
        reached = attacker.reaches(plant.register, plant.whose, Action.LIST)
        parts = _parts(one) if reached else [(one.text, one.like)]
        for path, (there, nowhere) in product(("/search/?q=", "/call?phone="), parts):
            pair = [Request.of("GET", path + quote(it)) for it in (there, nowhere)]
            yield f"{there}|{nowhere}", pair[0], pair[1]


def orders(plant: Plant) -> Iterator[list[Request]]:
    """Yield lists in orders that would tell what a hidden field holds."""
    base = f"/register/{plant.register}"
    for one in catalogue.current()[plant.register].all_fields:
        if (one.personal or one.secret) and plant.whose == FOREIGN:
            for page in ("/?", "/export/csv/?column=number&"):
                yield [
                    Request.of("GET", f"{base}{page}sort={sign}{one.name}")
                    for sign in ("", "-")
                ]


# Changing -----------------------------------------------------------------------------


def posts(attacker: Attacker, plant: Plant) -> Iterator[tuple[Action, Request]]:
    """Yield every way to change one planted entry, with the action it amounts to."""
    base, key = f"/register/{plant.register}", plant.entry_id
    declared = catalogue.current()[plant.register]
    typed = {one.name: "Changed" for one in declared.all_fields}
    form: dict[str, Any] = typed | {"version": "1", "id": key, "switches": list(typed)}
    yield Action.CHANGE, Request.of("POST", f"{base}/edit/?id={key}", data=form)
    yield Action.CHANGE, Request.of("POST", f"{base}/edit/?id={key}", json=typed)
    yield Action.CREATE, Request.of("POST", f"{base}/new/", data=form)
    yield Action.DELETE, Request.of("POST", f"{base}/delete/?id={key}")
    yield Action.DELETE, Request.of("POST", f"{base}/delete/", data={"id": key})
    yield Action.DELETE, Request.of("POST", f"{base}/restore/?id={key}")
    bulk = {"rowid": [str(key)], "value": "1"}
    only = quote(word(declared, plant.whose, "number"))
    for name, every in product(("bin", "delete", "change"), ("", "1")):
        action = Action.CHANGE if name == "change" else Action.DELETE
        data = bulk | {"action": name, "all_matching": every}
        yield action, Request.of("POST", f"{base}/action/?q={only}", data=data)
    yield from ((Action.CHANGE, one) for one in _bulks(declared, key))
    for code in _steps(declared):
        step = urlencode({"id": key, "step": code})
        said = form | {"comment": "Changed"}
        yield Action.READ, Request.of("POST", f"{base}/step/?{step}", data=said)
        many = bulk | {"action": f"step:{code}", "comment": "Changed"}
        yield Action.READ, Request.of("POST", f"{base}/action/?q={only}", data=many)
    for one in declared.all_fields:
        cell = {"pk": str(key), "field": one.name, "was": "", "value": "1"}
        yield Action.CHANGE, Request.of("POST", f"{base}/ajax/update/", json=cell)
        if one.personal:
            asked = f"{base}/reveal/?{urlencode({'id': key, 'field': one.name})}"
            reason = {"reason": "x"}
            yield Action.READ, Request.of("POST", asked, json=reason)
    for endpoint, path in addresses(attacker, plant, "POST", of_register=True):
        if endpoint.startswith("importing."):
            yield Action.IMPORT, Request.of("POST", path, data=form)
        elif endpoint.startswith("files.") and "comment" in endpoint:
            yield Action.READ, Request.of("POST", path, data={"text": "Changed"})
        else:
            yield Action.CHANGE, Request.of("POST", path, data=form)
    for method in ODD:
        yield Action.DELETE, Request.of(method, f"{base}/details/?id={key}")
    over = {"X-HTTP-Method-Override": "DELETE"}
    path = f"{base}/details/?id={key}&_method=DELETE"
    yield Action.READ, Request.of("GET", path, headers=over)


def _bulks(declared: Declaration, key: int) -> Iterator[Request]:
    """Yield each field of an entry changed together with those of others."""
    for one in declared.all_fields:
        for doing in ("look", "save"):
            sent = {"entries": f"{key}", "set": one.name, one.name: "1", "do": doing}
            path = f"/register/{declared.code}/bulk/"
            yield Request.of("POST", path, data=sent)


def _steps(declared: Declaration) -> list[str]:
    return [one.code for one in declared.flow.transitions] if declared.flow else []
