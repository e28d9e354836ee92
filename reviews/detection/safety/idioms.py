"""Turns of phrase in which a hard word means no harm."""

from reviews.detection.safety.lexicon import NAMES
from reviews.detection.safety.pattern import Index, searches

_TEXT = """
kill/kills/killed/killing ~2 process/processes/job/task/session/server/thread/script
kill/kills/killed/killing ~2 app/program/time/deal/switch/fee/feature/order/service
kill/kills/killed/killing ~2 account/two/battery/engine/line/light/lights/screen
kill/kills/killed/killing ~2 bill/bugs/weeds/germs/bacteria/mood/vibe/project/request
killing it/me
kill/killed it .
<be>/make/made/making a killing
killer deal/app/feature/price/rate/instinct/whale/bee
would/will it/that kill you/him/her/them
kill you/them with kindness
shoot/shooting/shot ~2 an/a/the/some/over ~1 email/e-mail/mail/text/message
shoot/shooting/shot ~2 an/a/the/some/over ~1 note/line/link/copy/quote/invoice
shoot for/me/us !dead
shoot/shooting/shot/shoots me/us/him/her/them/you a/an/the/some/over/back
shot in the arm/dark/foot
give/take/took/given/worth/best/good/long/a/another/one/flu/big shot
bomb/bombed/bombing ~1 interview/test/exam/presentation/quiz
bath/photo/cherry/bomb bomb/cyclone/bombs
bomb dot com
the bomb .
drug store/stores/drugstore/plan/coverage/card/benefit/interaction
drug test/screening/formulary/company/list/tier/price/prices
prescription/generic/brand/specialty/covered drug/drugs
on drug coverage
blow/blowing/blew up my/your/his/her/the phone/inbox/cell
crack the code/case/egg/whip/market
crack/cracks in/on
cracking down/open/up/on
gun for/shy
gunning for
jump/jumped/jumping/under/smoking/top/big/glue/nail the? gun/guns
heat/radar/staple/spray/massage/hot/water/stick/grease/caulking the? gun/guns
stick/stuck/sticking to my/our/your/his/her/the guns
stick to the gun
execute/executed/executing ~3 order/orders/plan/trade/trades/contract
execute/executed/executing ~3 agreement/transaction/query/strategy/document/documents/command
to die for
die hard
die cast/casting/cut
dead line/end/lock/weight/zone/battery/bolt/sea/ringer
drop dead date/deadline/gorgeous
murder mystery/mysteries/hornet
murder/murdered/murdering the/this/that/it !<man>/<relation>
son of a gun
my sex
sex is male/female
bloody/away murder
with murder
rape seed/oil
oil seed rape
cock tail/tails/pit/roach
pea/wood/hay/stop/turn/ball cock
dick and/van/tracy/clark/cheney/smith/whittington/sporting/sporting's
mr/mister/sir/uncle/moby/name dick
dick 's
name is ~1 dick/randy/gay/fanny/cox/cock/hooker/butts/lynch/cocks/kuntz/gaylord/wang
with/from/to/call/called/ask/for/hi/hello/hey/and/thanks/dear dick
pin/little prick
tit/tits for tat
blue/great/coal tit/tits
pussy cat/willow/cats
cat/kitty pussy
garden/back/push/stirrup hoe/hoes
hoe down/downs
<number>/#/and ho
land/tally/heave ho
hoe/hoes in/for/out
hoes out in/out
gold/jack/wise/smart/dumb/wild ass/asses
as/bare/kick/pack ass well/asses
female/male/puppies canines/dogs/dog ~3 bitch/bitches
canines are called bitches
fag/fags machine/end
smoke/smoked/smoking ~1 fag/fags
if only smoking fags
pan-fried faggot/faggots
fried faggot/faggots
faggot/faggots ~2 dinner/peas/gravy/butcher/meatball
called faggot/faggots
meatball ~9 faggot/faggots
dyke/dykes ~3 near/flood/flooding/river/sea/water/protect
build/building/built ~3 dyke/dykes
queer studies/community/theory/culture/rights/people/person/film/history/cinema
seemed/seems/seem/looked/felt/feel/feeling/very/bit/this/rather/most queer
queer feeling/notion/idea/street/look
sex male/female/of/and/couple/marriage/partner/education/offender/discrimination
same/opposite/either/both/your/the/gender/biological sex !with
same sex
unsafe sex education
<number>/#/to/at sex
sex <number>/#
sex and the city
sex pistols
sexual harassment/orientation/health/misconduct/identity/preference/education/offender
<number>/#/an/the/your/our/my/bi/semi/annual anal fee/rate/report/review
<number>/#/an/the/your/our/my/bi/semi/annual anal percentage/percent/income/revenue
<number>/#/an/the/your/our/my/bi/semi/annual anal interest/statement/premium/plan
<number>/#/an/the/your/our/my/bi/semi/annual anal subscription/bonus/cost/earnings
anal fee/rate/report/review/percentage/percent/income/revenue
anal interest/statement/premium/plan/subscription/bonus/earnings/retentive
<sheet> shit/shits/shitty
shit list
the/a/your/this/that shit date/has/will/arrives/arrived/number/to
send/sent/fill/sign/attached/attach/email ~1 the shit to/in/out/by/over/back/with
to/will/can/could/we/should/they shit the/it/them/out/to/your/this
to/will/can/could/we/should/they shit that/by/via/next/tomorrow/today/my
was/were/be/been/being/get/gets/got shit/shitted to/out/from/via/by/yesterday/today/tomorrow
sales/elevator/long/palm/myrtle/daytona/virginia/miami/vero/newport bitch .
laguna/redondo/venice/huntington/pompano/delray/pebble/south/north/west bitch .
at/to/on/near the bitch
long/palm/myrtle/daytona/virginia/miami/vero bitch
newport/laguna/redondo/venice/huntington/pompano/delray/pebble bitch
bitch resort/hotel/house/front/boulevard/road/drive
bitch avenue/street/florida/california/deck/meeting/volleyball
bitch/bitches and moan
son of a beach
<i>/you/they/he/she/it/that/who/people/really/just cunt be/do/get/see/find/have/say
<i>/you/they/he/she/it/that/who/people/really/just cunt tell/believe/even/afford/wait/hear/make
<i>/you/they/he/she/it/that/who/people/really/just cunt pay/go/remember/imagine/really/give/help
<i>/you/they/he/she/it/that/who/people/really/just cunt come/take/use/seem/access/log/open/reach
<i>/you/they/he/she/it cunt
cunt be/do/get/see/find/have/say/tell/believe/even/afford/wait/hear/remember/access/seem
of/a/the/cell/blood/head/word/body/row/ac/dis/vis cunt
cunt of/number/the/as/on/in/for
pitch/slide/power/sun/tape/back/rear/on/out dick/dicks
dick chair/chairs/furniture/of
alarm/time/o/eight/nine/round/punch/a cock
cock in/out
ass soon/of/well/is/a/the/you/i/we/in/for/per
ass long/much/far/an/to/it/usual/always/needed/if/they/follows
asking/just/such/as/same/far/long/soon/well/much/known/regard/treat/works/act/i ass
as ass
ass sets/set/sess/sessment/essment/sociate/signment
fuck lift/lifts/driver
fork and/lift fuck
tuning/hay/pitch fuck
tits all/the/been/a/not/my/about/due/on
<number>/# tits
piss/pisses of/the
one/little/small/another piss
hour/for/or/the/her whore
they/sales/in/my whore
whore/or whore/not
sick/tired as a dog
hell be/have/call/get/go/see/need/do/take/let/want/come/pay/send/give/tell/probably/also/just
hell's kitchen
kitchen hell
hoover/river/beaver/earth/water/the dam/damn ~1 failure/broke/level/operator/safety
crap shoot/table/tables/game/cakes/cake
meth/heroin method/<number>
heroine
crystal/clear meth method
crack cocaine addiction
weed eater/killer/whacker/wacker/control/out/free/barrier/remover/spray
some/the weed whacker
pot roast/luck/hole/pie/holder/of
melting/flower/coffee/crock/jack pot
stoned fruit
high on ~2 list/priority/priorities/agenda/radar/side
rum cake/raisin
gin rummy
<swearing>/<misheard> ~3 gmail/gmailcom/yahoo/yahoocom/hotmail/hotmailcom/outlook/icloud
vodka sauce
shotgun wedding/house
ride/riding/called/call shotgun
whore is/on
bourbon street/chicken/county
tequila sunrise
scotch tape/plains
root/ginger beer
bet you/<i>
you/<i>/safe/best/better/good bet
gamble on it
take/took a gamble
poker face
rate/exchange/interest rape
scratch card reader
assault rifle ban
"""
IDIOMS = Index((None, search) for search in searches(_TEXT, NAMES))
