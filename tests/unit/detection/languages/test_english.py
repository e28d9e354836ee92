"""English: what is said and what is written of it are the same, and what is not stays apart."""

import pytest

from reviews.detection.languages.english import ENGLISH
from tests.unit.detection.languages.tables import folded, pairs

EQUAL = """
555 123 4567 = 555.123.4567
one hundred two hundred = 100 200
one eight hundred five five five one two one two = 1 800 5551212
zero = 0
seven = 7
thirteen = 13
forty = 40
thirty-five = 35
thirty five = 35
ninety nine = 99
a hundred = 100
one hundred = 100
one hundred and one = 101
a hundred and five = 105
two hundred fifty = 250
twelve hundred = 1,200
twelve hundred and five = 1205
nineteen hundred = 1900
a thousand = 1,000
one thousand and one = 1001
three thousand two hundred = 3,200
ten thousand = 10000
twenty-five thousand five hundred = 25,500
a hundred thousand = 100,000
two hundred and fifty thousand = 250000
a million = 1,000,000
one million two hundred thousand = 1.2 million
one point two million = 1,200,000
two and a half million = 2 and a half million
three billion = 3,000,000,000
one trillion = 1000000000000
eight point five = 8.5
zero point five = 0.5
three point one four = 3.14
three point zero five = 3.05
five point oh = 5.0
first = 1st
second = 2nd
third = 3rd
fourth = 4th
fifth = 5th
eighth = 8th
ninth = 9th
twelfth = 12th
thirteenth = 13th
twentieth = 20th
twenty first = 21st
twenty-first = 21st
thirtieth = 30th
hundredth = 100th
one hundredth = 100th
one hundred and first = 101st
two thousandth = 2,000th
first of july = 1st of July
July fourth = July 4th
July the fourth = July the 4th
January thirty first = January 31st
October nineteen twenty twenty four = October 19 2024
March second twenty twenty four = March 2nd, 2024
nineteen eighty four = 1984
nineteen eighty-four = 1984
twenty twenty six = 2026
twenty twenty-six = 2026
two thousand and twelve = 2012
two thousand twelve = 2012
two thousand six = 2006
twenty oh six = 2006
nineteen oh five = 1905
nineteen ninety nine = 1999
twenty twelve = 2012
nineteen hundred and eighty four = 1984
five dollars = $5
twenty-five dollars = $25
twenty five bucks = $25
five dollars and twenty cents = $5.20
five dollars twenty cents = $5.20
five dollars and five cents = $5.05
twelve hundred dollars and fifty cents = $1,200.50
thirty five dollars = 35 dollars
thirty five dollars = 35 bucks
one dollar = $1
a hundred dollars = $100
a thousand dollars = $1,000
two million dollars = $2 million
two million dollars = $2,000,000
one point five million dollars = $1.5 million
fifty cents = 50 cents
fifty cents = 50¢
twenty pounds = £20
twenty pounds and fifty pence = £20.50
fifteen euros = €15
fifteen euros = 15 €
fifteen euros and fifty cents = €15.50
five hundred yen = ¥500
eight percent = 8%
eight per cent = 8%
eight point five percent = 8.5%
point five percent = 0.5%
point zero two = 0.02
a hundred percent = 100%
twenty five percent = 25 percent
thirty days = 30 days
thirty-day = 30-day
an hour and a half = an hour and a half
two hours thirty minutes = 2 hours 30 minutes
two and a half hours = 2 and a half hours
two and a half = 2½
five five two oh nine one = 552091
five five two oh nine one = 5 5 2 0 9 1
five five two o nine one = 552091
double five two one = 5521
triple seven one = 7771
one two triple three = 12333
double oh seven = 007
zero zero seven = 007
five uh five two = 552
four one five five five five = 415555
twenty four seven = 24/7
three to five = 3 to 5
three, five = 3, 5
twelve thirty = 12 30
nine one one = 911
four oh one = 401
one eight hundred = 1 800
one eight hundred five five five = 1-800-555
on the thirty second of May = on the 32nd of May
a hundred and fifty thousand and one = 150,001
two thousand and twenty five = 2025
six point twenty four = 6.24
nine hundred ninety nine thousand nine hundred ninety nine = 999,999
one hundred and twenty three point four five six = 123.456
on December twenty fifth twenty twenty = on December 25th, 2020
three dollars and one cent = $3.01
twelve euros and nine cents = €12.09
half an hour = ½ an hour
ninety nine point nine nine percent = 99.99%
sixty day = 60-day
twenty four hours = 24 hours
one one two zero = 1120
double nine double eight = 9988
the thousandth = the 1000th
"""

DIFFERENT = """
2 1/2 ≠ 212
thirty five days ≠ 30 5 days
three to five days ≠ 35 days
3-5 days ≠ 35 days
twenty four seven ≠ 247
third ≠ 3
3rd ≠ 3
third ≠ three
first ≠ one
1st ≠ 1
second ≠ 2
twenty first ≠ 21
twenty five ≠ 205
two hundred ≠ 2 100
two thousand five ≠ 2500
one hundred five five five ≠ 105 5 5
fifty ≠ 15
fifteen ≠ 50
to ≠ 2
too ≠ two
for ≠ 4
won ≠ 1
ate ≠ 8
oh no ≠ 0 no
a day ≠ 1 day
a couple of days ≠ 2 days
a dozen ≠ 12
half ≠ 0.5
two and a half ≠ 2.5
one half ≠ 1.5
no one ≠ no
five dollars ≠ 5
$5 ≠ 5
$5 ≠ £5
$5 ≠ 5 cents
$5.20 ≠ $5.02
five dollars and two cents ≠ $5.20
five dollars and twenty cents ≠ $25
five dollars twenty ≠ $5.20
eight percent ≠ 8
eight percent ≠ 0.08
8.5% ≠ 85%
point five ≠ 5
zero five ≠ 5
007 ≠ 7
$1,200 ≠ $12,00
nineteen eighty four ≠ 19 84
nineteen eighty four ≠ 1994
nineteen eighty dollars ≠ $1980
twenty twenty minutes ≠ 2020 minutes
ten and five ≠ 15
seventy and one ≠ 71
two hundred million and five ≠ 200000005
12:30 ≠ 1230
12:30 ≠ 12.30
1.2.3 ≠ 12.3
five. five. five. ≠ 555
twenty. five ≠ 25
thirty second timer ≠ 31st timer
May 5 ≠ 5 May
dollar ≠ 1 dollar
million ≠ 1000000
hundred ≠ 100
cent ≠ percent
double ≠ 2
double trouble ≠ 22
triple five ≠ five five
five five ≠ 55
5 5 ≠ 55
hundredth ≠ 100
a million ≠ million
point zero two ≠ 2
minus five ≠ 5
one thousand ≠ one hundred
2 1/2 ≠ 21 2
forty second ≠ 42nd
three sixty five ≠ 365
"""


@pytest.mark.parametrize(("spoken", "written"), pairs(EQUAL, "="))
def test_english_folds_what_is_spoken_as_what_is_written(spoken: str, written: str) -> None:
    assert folded(spoken, ENGLISH) == folded(written, ENGLISH)


@pytest.mark.parametrize(("one", "other"), pairs(DIFFERENT, "≠"))
def test_english_keeps_apart_what_is_not_the_same(one: str, other: str) -> None:
    assert folded(one, ENGLISH) != folded(other, ENGLISH)
