"""Texts of grammars, judged by a parser for them."""

from __future__ import annotations

import lark
import pytest

from mockapi.engine import grammar
from mockapi.seed import Seed

SEED = Seed("tests")
ARITHMETIC = """
start: expr
expr: term (SP ADD SP term)* -> add
term: factor (SP MUL SP factor)*
    | factor SP MUL SP "-" factor -> negative
factor: INT
      | "(" expr ")"
SP: " "
ADD: "+"
MUL: "*"
%import common.INT
"""
QUERY = r"""
// a query
start: select
select: "SELECT" columns "FROM" NAME [where] ";"
columns: NAME ("," NAME)* | "*"
where: "WHERE" NAME ("=" | "<") (NUMBER | ESCAPED_STRING)
NAME: /[a-z_][a-z0-9_]{0,8}/
%import common (NUMBER, ESCAPED_STRING, WS)
%ignore WS
"""
SHAPES = """
start: point~2..3 flag?
point: "(" DIGIT "," ("a".."f") ")"
flag: "!" | /[xyz]{2}/
DIGIT: "0".."9"
"""
NESTED = """
start: value
?value: object | array | STRING | "true" | "null"
object: "{" [pair ("," pair)*] "}"
pair: STRING ":" value
array: "[" [value ("," value)*] "]"
STRING: /"[a-z]{1,4}"/
"""


@pytest.mark.parametrize("definition", [ARITHMETIC, QUERY, SHAPES, NESTED])
def test_texts_are_parsed_by_the_grammar(definition: str) -> None:
    parser = lark.Lark(definition)
    texts = {grammar.text("lark", definition, SEED.stream(str(number).encode())) for number in range(60)}
    assert len(texts) > 5
    for text in texts:
        assert text is not None
        parser.parse(text)


def test_a_regular_expression_is_a_grammar_too() -> None:
    text = grammar.text("regex", r"^[A-Z]\d{3}$", SEED.stream(b"x"))
    assert text is not None
    assert len(text) == 4


@pytest.mark.parametrize("definition", ["", "start: other", "start: start", "nonsense {{{", 'a: "x"', "start: ("])
def test_a_grammar_that_cannot_be_read_gives_nothing(definition: str) -> None:
    assert grammar.text("lark", definition, SEED.stream(b"x")) is None
    assert grammar.fault("lark", definition)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "definition",
    [
        'start: a~100000\na: b~100000\nb: "x"',
        "\n".join(f"a{n}: a{n + 1}" for n in range(3000)) + '\na3000: "x"\nstart: a0',
        'start: start start | "a"',
    ],
)
def test_a_large_grammar_ends(definition: str) -> None:
    text = grammar.text("lark", definition, SEED.stream(b"x"))
    assert text
    assert len(text) < 1_000_000
