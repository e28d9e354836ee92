"""Agreement of raters: published examples, what holds of every table, what cannot be measured."""

from itertools import permutations

import pytest

from reviews.queries.agreement import Agreement, Figure, agreement, draws, of_two, pairs, shared

# Fleiss 1971, "Measuring nominal scale agreement among many raters": 30 patients, 6 psychiatrists,
# 5 diagnoses, how often each was given; kappa 0.430.
FLEISS = (
    "00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 "
    "00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006"
)


def rated(counts: str) -> list[str | None]:
    return [str(name) for name, count in enumerate(counts) for _ in range(int(count))]


def columns(*raters: str) -> list[list[str | None]]:
    return [[None if each == "." else each for each in row] for row in zip(*raters, strict=True)]


# Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", C: 4 observers, 12 units, values
# missing; alpha for nominal data 0.743.
KRIPPENDORFF = columns("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
# Gwet 2002, "Kappa statistic is not satisfactory": 125 subjects, almost all of one kind; kappa is
# -0.023 and AC1 0.941 where 94.4 % agree.
GWET = [["+", "+"]] * 118 + [["+", "-"]] * 5 + [["-", "+"]] * 2
# By hand: seen (20 + 15) / 50, by chance 0.5 x 0.6 + 0.5 x 0.4 = 0.5, so kappa is 0.2 / 0.5.
COHEN = columns("y" * 25 + "n" * 25, "y" * 20 + "n" * 5 + "y" * 10 + "n" * 15)
PERFECT = columns("aabbc.", "aabbca", "aabbca")


def values(of: Agreement) -> list[float | None]:
    return [of.per_cent.value, of.fleiss.value, of.ac1.value, of.alpha.value]


def test_fleiss_kappa_is_that_of_his_psychiatrists() -> None:
    table = [rated(each) for each in FLEISS.split()]
    totals = [sum(row.count(str(name)) for row in table) for name in range(5)]
    assert (len(table), totals) == (30, [26, 26, 30, 55, 43]), "as printed under the table"
    assert agreement(table, []).fleiss.value == pytest.approx(0.430, abs=0.0005)


def test_alpha_is_that_of_krippendorffs_four_observers() -> None:
    figure = agreement(KRIPPENDORFF, []).alpha
    assert figure.value == pytest.approx(0.743, abs=0.0005)
    assert figure.n == 11, "a unit that one alone rated is compared with nothing"


def test_ac1_and_kappa_are_those_of_gwets_two_raters() -> None:
    assert agreement(GWET, []).ac1.value == pytest.approx(0.941, abs=0.0005)
    assert agreement(GWET, []).per_cent.value == pytest.approx(0.944)
    assert of_two(GWET, [])[1].value == pytest.approx(-0.023, abs=0.0005)


def test_cohens_kappa_is_that_computed_by_hand() -> None:
    assert of_two(COHEN, [])[1].value == pytest.approx(0.4)


def test_perfect_agreement_is_one_by_every_measure() -> None:
    samples = draws(len(PERFECT), count=50)
    assert values(agreement(PERFECT, samples)) == pytest.approx([1.0] * 4)
    assert [of_two(two, samples)[1].value for _, _, two in pairs(PERFECT)] == pytest.approx([1] * 3)
    assert shared([PERFECT], 0, samples) == Figure(1.0, None, None, 10)


def test_the_order_of_raters_does_not_matter() -> None:
    first = values(agreement(KRIPPENDORFF, []))
    for order in permutations(range(4)):
        table = [[row[at] for at in order] for row in KRIPPENDORFF]
        assert values(agreement(table, [])) == pytest.approx(first)
    turned = [row[::-1] for row in COHEN]
    assert of_two(turned, [])[1].value == pytest.approx(0.4)


def test_intervals_hold_the_figure_and_come_out_the_same_again() -> None:
    table = [rated(each) for each in FLEISS.split()]
    once = agreement(table, draws(30, seed=7))
    assert once == agreement(table, draws(30, seed=7)) != agreement(table, draws(30, seed=8))
    for each in (once.per_cent, once.fleiss, once.ac1, once.alpha):
        assert each.low is not None
        assert each.value is not None
        assert each.high is not None
        assert each.low < each.value < each.high
        assert each.high - each.low < 0.4


def test_where_many_draws_have_no_difference_there_is_no_interval() -> None:
    """Those that are left would say that it is never better than it is."""
    rare = columns("aaab", "aaaa", "aaab")
    figure = agreement(rare, draws(4)).alpha
    assert figure.value == pytest.approx(0.45)
    assert (figure.low, figure.high) == (None, None)
    many = agreement(rare * 20, draws(80)).alpha
    assert many.value is not None
    assert many.low is not None
    assert many.high is not None
    assert many.low < many.value < many.high


@pytest.mark.parametrize(
    "table", [[], columns("aaa", "aaa"), columns("...", "..."), columns("ab.", "..c")]
)
def test_what_is_empty_constant_or_rated_by_one_alone_is_not_measurable(
    table: list[list[str | None]],
) -> None:
    of = agreement(table, draws(len(table), count=20))
    assert values(of)[1:] == [None] * 3
    assert [of.alpha.low, of.alpha.high] == [None, None]
    assert [of_two(two, [])[1].value for _, _, two in pairs(table)] in ([], [None])


def test_each_rater_is_compared_with_every_other() -> None:
    table = columns("aab", "aaa", "ab.")
    assert shared([table, table], 0, []).value == pytest.approx(3 / 5)
    assert shared([table, table], 0, []).n == 10
    assert shared([], 0, []).value is None
