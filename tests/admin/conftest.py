from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.company import Company, build_company, open_company
from tests.databases import Builder


@pytest.fixture
def company(
    prepared_database: Callable[[str, Builder], str], tmp_path: Path
) -> Iterator[Company]:
    opened = open_company(prepared_database("company", build_company), tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def guarded(
    prepared_database: Callable[[str, Builder], str], tmp_path: Path
) -> Iterator[Company]:
    """The same company, where every POST needs its token."""
    url = prepared_database("company", build_company)
    opened = open_company(url, tmp_path, tokens=True)
    yield opened
    opened.close()
