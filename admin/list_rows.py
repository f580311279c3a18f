"""The rows of a list as finished HTML: the hot spot of the page, so no template's.

A template's cell costs a call, an escape and a join each; half of a list page went to
them. What stands in every row alike is made once a page.
"""

from collections.abc import Iterable
from html import escape

from markupsafe import Markup

from admin.cells import Cell


def rows_html(
    rows: Iterable[tuple[int, str, Iterable[Cell]]],
    tick: str | None,
    menu: str | None,
    dots: str,
) -> Markup:
    """Return the table's rows.

    Args:
        rows: Each row's key, css classes and cells; all text is escaped here.
        tick: What the box that ticks a row is called; None for no box.
        menu: What the button of a row's menu is called; None for no button.
        dots: The icon of that button, as HTML.
    """
    before, after = "", "</tr>\n"
    if tick is not None:
        before = (
            '<td class="tick"><input type="checkbox" class="form-check-input"'
            f' name="rowid" value="%s" aria-label="{escape(tick)}"></td>'
        )
    if menu is not None:
        after = (
            '<td class="menu"><button type="button" data-row-menu aria-haspopup="menu"'
            f' aria-label="{escape(menu)}">{dots}</button></td></tr>\n'
        )
    made: list[str] = []
    for key, css, cells in rows:
        of_row = f' class="{escape(css)}"' if css else ""
        made.append(f'<tr data-pk="{key}"{of_row}>')
        made.append(before.replace("%s", str(key)))
        made += map(_cell, cells)
        made.append(after)
    return Markup("".join(made))  # noqa: S704 - every text was escaped above


def _cell(cell: Cell) -> str:
    css, text, href = cell
    of_cell = f' class="{css}"' if css else ""
    # Most texts are a word or a number, which is soon seen to hold nothing to escape.
    shown = text if text.isalnum() else escape(text)
    if href:
        return f'<td{of_cell}><a href="{escape(href)}">{shown}</a></td>'
    return f"<td{of_cell}><span>{shown}</span></td>"
