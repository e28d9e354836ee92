"""Spanish: numbers as said and as written by either custom, accents or none."""

import pytest

from reviews.detection.languages.spanish import SPANISH
from tests.unit.detection.languages.tables import folded, pairs

EQUAL = """
cero = 0
uno = 1
dieciséis = 16
dieciseis = 16
veintiuno = 21
veintiún días = 21 días
veintidós = 22
treinta y cinco = 35
noventa y nueve = 99
cien = 100
ciento uno = 101
ciento cincuenta = 150
doscientos = 200
doscientas = 200
quinientos treinta y dos = 532
mil = 1000
mil = 1.000
mil = 1,000
dos mil = 2000
dos mil doce = 2012
dos mil veintiséis = 2026
mil novecientos ochenta y cuatro = 1984
diez mil = 10.000
veinticinco mil quinientos = 25.500
cien mil = 100.000
doscientos mil = 200,000
un millón = 1.000.000
un millon = 1000000
dos millones = 2,000,000
dos millones trescientos mil = 2.300.000
mil millones = 1.000.000.000
mil doscientos treinta y cuatro = 1.234
ochocientos mil cinco = 800005
uno coma cinco = 1,5
tres punto catorce = 3,14
tres coma uno cuatro = 3,14
cero coma cinco = 0,5
ocho coma cinco por ciento = 8,5%
ocho por ciento = 8%
ocho por ciento = 8 %
cien por ciento = 100%
cien por cien = 100%
veinticinco por ciento = 25%
cinco dólares = $5
cinco dolares = 5 dólares
un dólar = $1
veinticinco dólares = $25
cinco dólares con veinte centavos = $5,20
cinco dólares con veinte centavos = $5.20
cinco dólares y veinte centavos = $5.20
cinco dólares veinte centavos = $5.20
doscientos dólares con cincuenta centavos = $200,50
mil doscientos dólares con cincuenta centavos = $1.200,50
mil doscientos dólares con cincuenta centavos = $1,200.50
quince euros = €15
quince euros = 15 €
quince euros con cincuenta céntimos = 15,50 €
quince euros con cinco céntimos = 15,05 €
cien pesos = 100 pesos
un millón de dólares = $1 millón
un millón de pesos = 1.000.000 de pesos
veinte libras = £20
cinco cinco dos cero nueve uno = 552091
cinco eh cinco dos = 552
doble cinco dos uno = 5521
triple siete uno = 7771
treinta días = 30 días
dos horas y media = 2 horas y media
dos horas treinta minutos = 2 horas 30 minutos
primero = 1º
primero = 1.º
segundo = 2.º
tercero = 3.º
veinticinco de julio = 25 de julio
uno de julio = 1 de julio
del = de el
al = a el
tres, cinco = 3, 5
veinticuatro siete = 24/7
un euro = €1
mil pesos = 1.000 pesos
dos coma veinticinco = 2,25
trescientos sesenta y cinco días = 365 días
setecientos cincuenta = 750
nueve mil novecientos noventa y nueve = 9.999
dos y medio = 2½
cuatro cero cuatro = 404
"""

DIFFERENT = """
treinta y cinco ≠ 30 5
treinta cinco ≠ 30 y 5
cien ≠ 1
ciento uno ≠ 100
dos mil ≠ 2 1000
mil ≠ 1
sesenta ≠ 70
dieciséis ≠ 60
primero ≠ 1
tercero ≠ 3
segundo ≠ 2
uno ≠ una
un día ≠ 1 día
media hora ≠ 0,5 hora
dos y media ≠ 2,5
cinco dólares ≠ 5
cinco dólares ≠ 5 euros
cinco pesos ≠ $5
cinco dólares con dos centavos ≠ $5,20
cinco dólares y veinte centavos ≠ $25
ocho por ciento ≠ 8
1.200 ≠ 1,2
1,5 ≠ 15
3,14 ≠ 314
cero cinco ≠ 5
cinco cinco ≠ 55
veinte. cinco ≠ 25
tres o cinco ≠ 305
2A ≠ segunda
el ≠ él
veinticuatro siete ≠ 247
millón ≠ 1.000.000
café ≠ cafe
mil novecientos ochenta y cuatro ≠ 19 84
can't ≠ can not
"""


@pytest.mark.parametrize(("spoken", "written"), pairs(EQUAL, "="))
def test_spanish_folds_what_is_spoken_as_what_is_written(spoken: str, written: str) -> None:
    assert folded(spoken, SPANISH) == folded(written, SPANISH)


@pytest.mark.parametrize(("one", "other"), pairs(DIFFERENT, "≠"))
def test_spanish_keeps_apart_what_is_not_the_same(one: str, other: str) -> None:
    assert folded(one, SPANISH) != folded(other, SPANISH)
