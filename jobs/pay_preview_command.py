"""`taizhang pay preview`: what other formulas would have meant for a month."""

from collections.abc import Sequence
from decimal import Decimal

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from models import pay_comparison, pay_trial, scheme_changes, scheme_checks
from models import scheme_preview as trial
from models.opening import Opened
from models.pay_comparison import Difference
from models.pay_error import PayError
from models.pay_tables import PayRuleRow, PayScheme
from models.payroll import run_period
from models.scheme_checks import Problem


@click.command("preview")
@click.argument("month")
@click.option("--scheme", "code", required=True, help="The scheme's code.")
@click.option(
    "--line",
    "lines",
    multiple=True,
    required=True,
    metavar="LINE=FORMULA",
    help="Another formula for a line, by its code or name; may be said again.",
)
@click.pass_obj
def preview(opened: Opened, month: str, code: str, lines: tuple[str, ...]) -> None:
    """Show who would gain or lose in MONTH by other formulas; nothing is kept."""
    period = run_period(month)
    with opened.database.read() as session:
        base = _newest(session, code)
        wanted = pay_trial.copy_of(base, version=base.version + 1)
        for one in lines:
            line, formula = _said(one)
            _line(wanted, line).formula = formula
        wrong = scheme_checks.checked(session, wanted, base)
        if wrong:
            raise _refused(wrong)
        was, now = trial.as_if(session, wanted, period.text, opened.zone)
    before, after = pay_comparison.reckoned(was), pay_comparison.reckoned(now)
    _show(pay_comparison.compare(before, after))
    failed = [one.name for one in after if one.total is None]
    if failed:
        click.echo(f"{len(failed)} 人有项目算不出来：{'、'.join(failed)}。")


def _refused(wrong: Sequence[Problem]) -> PayError:
    """Return the mistakes as one, each with its line and place."""
    zh, en = (
        " ".join(_mistake(one, language) for one in wrong) for language in ("zh", "en")
    )
    return PayError(zh, en)


def _mistake(one: Problem, language: str) -> str:
    said = (
        f"{one.place}: {one.label.text(language)}"
        if one.place
        else one.label.text(language)
    )
    return f"{said} {one.mistake.quoted}" if one.mistake else said


def _newest(session: Session, code: str) -> PayScheme:
    found = [
        some[-1] for some in scheme_changes.series(session) if some[-1].code == code
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise PayError(
            "有 {count} 个部门各有方案“{code}”，请在面板的“绩效方案”里试算。",
            "{count} departments have a scheme “{code}”. Try it in the panel.",
            count=len(found),
            code=code,
        )
    raise PayError(
        "没有绩效方案“{code}”，可用的有：{known}。",
        "There is no scheme “{code}”; there are {known}.",
        code=code,
        known="、".join(some[-1].code for some in scheme_changes.series(session)),
    )


def _said(text: str) -> tuple[str, str]:
    line, equals, formula = text.partition("=")
    if not equals or not formula.strip():
        raise PayError(
            "“{text}”不完整，请写 项目=公式，例如 man_hours=核定工时 * 20元/小时。",
            "“{text}” is not complete: write LINE=FORMULA.",
            text=text,
        )
    return line.strip(), formula.strip()


def _line(scheme: PayScheme, said: str) -> PayRuleRow:
    for one in scheme.rules:
        if said in (one.code, one.name_zh, one.name_en):
            return one
    raise PayError(
        "方案“{scheme}”里没有项目“{said}”，可用的有：{known}。",
        "Scheme “{scheme}” has no line “{said}”; there are {known}.",
        scheme=scheme.code,
        said=said,
        known="、".join(f"{one.code} {one.name_zh}" for one in scheme.rules),
    )


def _show(found: Sequence[Difference]) -> None:
    table = Table(title="试算：没有保存")
    for head in ("工号", "姓名", "原来", "现在", "增减"):
        table.add_column(head, justify="left" if head == "姓名" else "right")
    for one in found:
        total = one.total
        amounts = [_yuan(total.before), _yuan(total.after), f"{total.change:+,.2f}"]
        table.add_row(one.who.number, one.who.name, *amounts)
    console = Console(width=100)
    console.print(table)
    gain = sum(1 for one in found if one.total.change > 0)
    lose = sum(1 for one in found if one.total.change < 0)
    whole = sum((one.total.change for one in found), pay_comparison.ZERO)
    console.print(f"{gain} 人增加，{lose} 人减少，合计 {whole:+,.2f} 元。")


def _yuan(amount: Decimal | None) -> str:
    return "–" if amount is None else f"{amount:,.2f}"
