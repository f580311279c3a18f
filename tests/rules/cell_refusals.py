"""How the tests of cells look at a refusal."""

from collections.abc import Callable

import pytest

from models.rules.cell_values import CellError


def refusal(read: Callable[[], object]) -> CellError:
    with pytest.raises(CellError) as caught:
        read()
    return caught.value
