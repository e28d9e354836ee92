"""A CSV table as its cells, or refused as a whole with its line."""

import pytest

from reviews.sources.files.table import MAX_BYTES, MOST_ROWS, Row, TableRefused, read


@pytest.mark.parametrize(
    "data",
    [
        b"a,b\n1,2\n",
        b"a;b\r\n1;2\r\n",
        b"a\tb\n1\t2",
        b"a|b\n1|2",
        b"\xef\xbb\xbfa,b\n1,2\n",
        "a,b\n1,2\n".encode("utf-16"),
        b'"a","b"\n"1","2"\n\n , \n',
        b" a , b \n1,2\n",
    ],
)
def test_a_table_is_read_as_people_save_it(data: bytes) -> None:
    made = read(data)
    assert (made.header, [row.cells for row in made.rows]) == (("a", "b"), [("1", "2")])


def test_quotes_breaks_and_formulas_are_text() -> None:
    made = read(b'a,b\n"x ""y"", z\nw",=1+1\n@cmd,-2\n')
    assert made.rows == (Row(3, ('x "y", z\nw', "=1+1")), Row(4, ("@cmd", "-2")))


def test_rows_may_be_short_or_long() -> None:
    assert [row.cells for row in read(b"a,b\n1\n1,2,3\n").rows] == [("1",), ("1", "2", "3")]


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (b"", "no line with the names of its columns"),
        (b"\n\n", "no line with the names of its columns"),
        (b",,\n1,2,3\n", "no line with the names of its columns"),
        (b'a,b\n"1,2\n3,4\n', "line 3 is no CSV"),
        (b'a,b\n"1"x,2\n', "line 2 is no CSV"),
        (b"a,b\nx,caf\xe9\n", "line 2 is not in UTF-8"),
        (b"\x89PNG\r\n\x1a\n\x00", "line 1 is not in UTF-8"),
        (b"\xff\xfea\x00,\x00b", "line 1 is not in UTF-8"),
        (b"a,b\n" + b"x" * 200_000 + b",2\n", "line 2 is no CSV"),
        (b"a," * 201 + b"b\n", "more than 200 columns"),
        (b"a\n" + b"1\n" * (MOST_ROWS + 1), "more than 100,000 rows"),
        (b"a" * (MAX_BYTES + 1), "20,000,001 bytes"),
    ],
)
def test_what_is_no_table_is_refused_with_its_line(data: bytes, seen: str) -> None:
    with pytest.raises(TableRefused) as caught:
        read(data)
    assert caught.value.seen == seen
    assert caught.value.remedy
