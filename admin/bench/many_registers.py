"""A start of the panel with so many registers, and its list pages, in one process.

`python -m admin.bench.many_registers COUNT QUESTIONS` prints the seconds of CPU that
the start and a list page took, the page at its best: other work on the machine weighs
more than hundreds of registers. Registers that the project does not have are made up.
"""

import json
import sys
import time

PAGES = 25


def declare(count: int) -> None:
    """Declare registers until there are so many."""
    from models import registers  # noqa: PLC0415 - loading is what is measured
    from models.register import (  # noqa: PLC0415 - the same
        CHOICE,
        CUSTOMER,
        INSTANT,
        LONG_TEXT,
        MONEY,
        PERSON,
        Register,
        field,
        option,
    )
    from models.register_words import CONTACT  # noqa: PLC0415 - the same
    from models.words import Label  # noqa: PLC0415 - the same

    registers.load_all()
    for number in range(len(Register.known) + 1, count + 1):
        states = (option("open", "未办", "Open"), option("done", "已办", "Done"))
        said = {
            "code": f"x_bench_{number}",
            "title": Label(f"台账{number}", f"Register {number}"),
            "menu": CONTACT,
            "numbering": "{year}{serial:05}",
            "order": "-happened_at",
            "happened_at": field(
                "时间", "When", INSTANT, listed=True, filterable=True, required=True
            ),
            "customer": field(
                "客户", "Customer", CUSTOMER, listed=True, filterable=True
            ),
            "handler": field(
                "办理人", "Handled by", PERSON, listed=True, filterable=True
            ),
            "content": field("内容", "What", LONG_TEXT, listed=True, searchable=True),
            "place": field(
                "地点", "Where", listed=True, filterable=True, max_length=80
            ),
            "amount": field("金额", "Amount", MONEY, listed=True, filterable=True),
            "state": field(
                "状态", "State", CHOICE, choices=states, listed=True, filterable=True
            ),
            "remark": field("备注", "Remark", LONG_TEXT),
        }
        type(f"XBench{number}", (Register,), said)


def main() -> None:
    """Start, show pages, print what it took."""
    count, asked = int(sys.argv[1]), sys.argv[2]
    declare(count)
    from admin.bench.questions import Questions  # noqa: PLC0415 - loading is measured
    from admin.bench.taizhang_side import Taizhang  # noqa: PLC0415 - the same

    panel = Taizhang(Questions.from_json(asked))
    start = time.process_time()  # of the whole process, from its first instruction
    panel.page()
    pages = []
    for _ in range(PAGES):
        began = time.process_time()
        panel.page()
        pages.append(time.process_time() - began)
    print(json.dumps({"start": start, "page": min(pages)}))  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
