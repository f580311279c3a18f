"""From the text of a formula to its tree, by the LALR grammar in formula.lark.

At most 2,000 characters, 30 levels of nesting and 20 questions to the world. Every
mistake is a `FormulaError`.
"""

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import cast

from lark import Lark
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from models.rules.formula_build import Builder, Built
from models.rules.formula_error import Fault, FormulaError
from models.rules.formula_functions import FUNCTIONS
from models.rules.formula_tree import Call, Formula, Name, Node, walk
from models.words import Label

LONGEST = 2_000
MOST_QUESTIONS = 20  # functions that ask the world; each may go over everybody
# Words of the language, in whatever case: nothing else can be called so.
_LATIN_WORDS = ("and", "or", "not", "in", "yes", "no", "true", "false")
_CHINESE_WORDS = ("且", "并且", "或", "或者", "非", "属于", "是", "否")
RESERVED_WORDS = frozenset((*_LATIN_WORDS, *_CHINESE_WORDS))

# A Chinese keyboard writes full-width signs: outside quotes each becomes the plain one,
# character for character, so that positions stay.
_PLAIN = {0xFF01 + n: 0x21 + n for n in range(94)}
_PLAIN |= {0x3000: ord(" "), ord("×"): ord("*"), ord("÷"): ord("/"), 0x2212: ord("-")}
_QUOTED = re.compile(r"""("[^"\n]*"|'[^'\n]*'|[“”][^“”\n]*[“”]|‘[^’\n]*’)""")
_QUOTES = "\"'“”‘’"
_EXAMPLE = Label(
    "例如：核定工时 * 18元/小时", "For example: approved_hours * 18 yuan/hour"
)


@lru_cache(maxsize=1_024)
def parse(text: str) -> Formula:
    """Read a formula. The last thousand are kept, so reading one again costs nothing.

    Raises:
        FormulaError: With the place and a hint.
    """
    try:
        return _read(text)
    except Fault as fault:
        # The inner one only lacked the text, so it is no cause worth showing.
        raise FormulaError(text, fault) from None


def _read(text: str) -> Formula:
    if len(text) > LONGEST:
        raise Fault(
            LONGEST,
            len(text),
            Label(
                f"公式有 {len(text)} 个字符，最多 {LONGEST} 个",
                f"The formula has {len(text)} characters; at most {LONGEST} may be",
            ),
            Label("请拆成几个计薪项目", "Split it into lines that refer to each other"),
        )
    if not text.strip():
        raise Fault(0, 0, Label("公式是空的", "The formula is empty"), _EXAMPLE)
    plain = "".join(
        piece if is_quoted else piece.translate(_PLAIN)
        for is_quoted, piece in _pieces(text)
    )
    try:
        # lark cannot say that its parser returns what the transformer inside it makes.
        built = cast("Built", cast("object", _parser().parse(plain)))
    except UnexpectedInput as error:
        raise _explained(plain, error) from None
    _refuse_many_questions(built.node)
    borrowed = {
        node.arguments[index]: node.function
        for node in walk(built.node)
        if isinstance(node, Call)
        and (index := FUNCTIONS[node.function].borrows) is not None
    }
    read, lent = [], []
    for node in walk(built.node):
        if isinstance(node, Name):
            if node in borrowed:
                lent.append((borrowed[node], node.name))
            else:
                read.append(node.name)
    return Formula(
        text, built.node, tuple(dict.fromkeys(read)), tuple(dict.fromkeys(lent))
    )


def _refuse_many_questions(tree: Node) -> None:
    """Refuse a formula that asks the world too often, at the first too many."""
    asking = [
        node
        for node in walk(tree)
        if isinstance(node, Call) and FUNCTIONS[node.function].needs_world
    ]
    for node in asking[MOST_QUESTIONS:]:
        raise Fault(
            node.start,
            node.end,
            Label(
                f"一个公式里最多用 {MOST_QUESTIONS} 次要看其他人、以前各期或日历的函数",
                f"A formula may ask for others, the past or the calendar"
                f" {MOST_QUESTIONS} times at most",
            ),
            Label("请拆成几个计薪项目", "Split it into lines that refer to each other"),
        )


def _pieces(text: str) -> list[tuple[bool, str]]:
    """Split into what is quoted and what is not; every second piece is quoted."""
    return [(n % 2 == 1, piece) for n, piece in enumerate(_QUOTED.split(text))]


@cache
def _parser() -> Lark:
    grammar = files("models.rules").joinpath("formula.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", lexer="basic", transformer=Builder())


def _explained(text: str, error: UnexpectedInput) -> Fault:
    """Say in a person's words where the parser stopped, and what it looked for."""
    if isinstance(error, UnexpectedCharacters):
        # lark declares the position as None and sets it when it raises.
        return _odd_character(text, cast("int", error.pos_in_stream))
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        return _odd_word(error)
    end = len(text)
    return Fault(
        end,
        end,
        Label("公式没有写完", "The formula ends too early"),
        Label("请补上数值、名称或右括号", "Add a value, a name or a closing bracket"),
    )


def _odd_character(text: str, start: int) -> Fault:
    found = text[start]
    end = start + 1
    if found in _QUOTES:
        problem = Label("引号没有成对", "This quote is not closed")
        hint = Label(f"请在文字后面补上 {found}", "Close the text with the same quote")
        return Fault(start, len(text), problem, hint)
    if found.isdigit():
        end = start + len(re.match(r"[\w.]+", text[start:])[0])  # type: ignore[index]  # a digit is \w
        problem = Label(
            f"看不懂数字“{text[start:end]}”", f"“{text[start:end]}” is not a figure"
        )
        hint = Label(
            "请写成 1000、0.5、30%、18元 或 8小时，不用千位逗号和指数",
            "Write 1000, 0.5, 30%, 18 yuan or 8 hours, without separators or exponents",
        )
        return Fault(start, end, problem, hint)
    problem = Label(f"公式里不能用“{found}”", f"“{found}” means nothing in a formula")
    return Fault(start, end, problem, _SIGNS.get(found))


_SIGNS = {
    "^": Label("乘方请写成连乘", "Write a power as a product"),
    "&": Label("请写 and 或“且”", "Write “and”"),
    "|": Label("请写 or 或“或”", "Write “or”"),
    "!": Label("请写 not 或“非”", "Write “not”"),
    ".": Label(
        "小数点前要有数字，名称各段之间才用点",
        "A figure starts with a digit; a dot joins the parts of a name",
    ),
}


def _odd_word(error: UnexpectedToken) -> Fault:
    token = error.token
    start, end = token.start_pos or 0, token.end_pos or 0
    problem = Label(f"这里不该有“{token}”", f"“{token}” does not belong here")
    if "NAME" in error.expected:
        hint = Label(
            "这里应是数值、名称或左括号", "Put a value, a name or a bracket here"
        )
    elif token.type == "COMPARE":
        hint = Label(
            "一次只能比较两个值，请用“且”连接：1 < x 且 x < 3",
            "Compare two values at a time: 1 < x and x < 3",
        )
    elif token.type == "COMMA":
        hint = Label(
            "逗号只用来分隔括号里的参数，不写千位逗号",
            "A comma only separates what is in brackets, not thousands",
        )
    else:
        hint = Label(
            "这里应是 + - * /、比较、“且”“或”或公式结尾；文字请加引号",
            "Put + - * /, a comparison, “and”, “or” here, or end; texts need quotes",
        )
    return Fault(start, end, problem, hint)
