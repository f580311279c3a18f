"""Hundreds of thousands of texts, none of which the formula language may trip over.

Last figures: see the commit that changed them. TAIZHANG_FUZZ_TEXTS sets how many texts
each of the four ways gives; 50,000 take about a quarter of an hour.
"""

import os

import pytest
from hypothesis import HealthCheck, given, settings

from tests.rules.formula_fuzzing import answered_or_refused, is_soon
from tests.rules.formula_texts import any_text, by_grammar, spoilt, words

pytestmark = pytest.mark.soak

TEXTS = int(os.environ.get("TAIZHANG_FUZZ_TEXTS", "50000"))
WAYS = {
    "any text": any_text(2_050),
    "words": words(400),
    "grammar": by_grammar(200),
    "spoilt": spoilt(60),
}


@pytest.mark.parametrize("way", WAYS)
def test_texts_without_end(way: str) -> None:
    @settings(
        max_examples=TEXTS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(WAYS[way])
    def run(text: str) -> None:
        assert answered_or_refused(text)
        assert is_soon(text)

    run()
