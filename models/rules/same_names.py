"""When two names written differently are still the name of the same company."""

from models.rules.ngrams import PIECE, normalised

# What a company is called by law and left out by whoever names it; the longest first.
LEGAL_FORMS = (
    "有限责任公司",
    "股份有限公司",
    "有限公司",
    "分公司",
    "总公司",
    "公司",
    "coltd",
    "limited",
    "ltd",
    "inc",
    "llc",
)


def core(name: str) -> str:
    """Return what makes a name the same: letters and digits, without the legal form.

    A name that is nothing but a legal form keeps it.
    """
    plain = normalised(name)
    for form in LEGAL_FORMS:
        left = plain.removesuffix(form)
        if left != plain and len(left) >= PIECE:
            return left
    return plain
