"""Talk of ordinary calls that holds a hard word, or one that sounds like one."""

import pytest

from tests.unit.detection.safety.calls import spans

ORDINARY = """
my flight got killed by the weather so I need a refund
the update killed my battery
I'm dead tired can we finish
this deadline is killing me
I'd die for a coffee right now
you guys are killing it this quarter
the company took a beating on the stock market
we're going to crush our targets
we will beat any competitor and destroy the old records
can you shoot over the invoice and I'll take a stab at it
hit me with your best offer
I need to hang up now
please hang on
don't hang up on me
she beat me to it
I'm going to kick off the meeting
let me punch in your number
the charge hit my account twice
we need to blow off some steam after the audit
this will blow your mind
it's a no brainer so don't be silly
I felt like an idiot when I forgot my pin
I'm such a moron I typed the wrong code
sorry my dog is going crazy
my daughter's sick and I'm sick of this hold music
these stupid fees are ridiculous
your fees are a joke
this is the worst service ever
your app is stupid
I hate your hold music
I hate waiting
I'm mad at the bank
we offer women's health plans and black Friday deals
the white card not the black one
my husband is black and I am Asian
are you open to gay couples
he is deaf and blind so please send braille
do you ship to the Indian ocean territory
what is the drug policy tier for this prescription
my pharmacy is a drug mart
the drinks are included and wine is extra
is alcohol served on the flight
high risk high reward
he's a real shot caller
I got shot down by the underwriter
the vaccine shot is free
my flu shot was yesterday
he's taking his best shot at it
it was a bombshell announcement
the bath bomb set arrived broken
the nail gun warranty
Remington street is where I live
I live on Gunn road
I work at Dick's sporting goods
my last name is Butts
the cockpit door and the cocktail menu
Essex and Sussex county
I need to analyze the analytics
titanic tickets
the grass class mass
he passed the bar
Pennistone road
I'll be sorry to see you go
you will be sorry you didn't buy sooner
you'll pay for it later in installments
I will find you a better rate and send it
I'll come down there and sign it
I'm coming to get you from the airport
we are going to hurt sales if we raise prices
I would kill for that discount
execute the contract and bury the hatchet
the suicide squad tickets
she has a killer resume
we have to rob Peter to pay Paul
the interest is highway robbery
this is robbery
that's a steal
that price is criminal
can you kill the lights
please terminate the agent session and abort the child process
I'm drowning in paperwork
he shot me a look
my phone died
dead on arrival unit
you're a lifesaver, you're too kind
you are such a star
you are so sweet
you're not stupid for asking
it isn't a dumb question
are you able to help, are you dense in inventory
you are absolutely right
you are all set
you people have been great
the dog ate my card
our pig farm insurance
rats in the apartment are disgusting
the monkey bars and the snake plant
cancer treatment coverage for women
women and men are equal
a plague of errors hit the system
hang tight
I'll hang around
I will break it down for you
we'll hit you up with an offer and beat you to the punch
I'm burning up with fever
fire at the office burned my house down
a bomb scare delayed the flight
crash course
I got hit by a car
a hit and run on my policy
he hit my car
my kid cut himself on the packaging
I hurt myself at work so I need disability
I cut myself shaving
I could just die of shame
my late husband killed in action had a policy
life insurance pays out on suicide after two years
death benefit
drunk on power
rum raisin ice cream
betting the farm on it
I bet it's the router
poker chips potato chips
sex offender registry check
unisex shirt
the intercourse Pennsylvania address
Cumming Georgia address
Middlesex county
hell week at the gym
Hell Michigan
dam it up
the ass, I mean the as-is clause
assume assess asset
hi is this Dick Cheney's office
Fanny Price
Gay Talese wrote it
Mr Coon
Van Dyke street
Dyke Road in Brighton
a nip in the air
spick and span
the pot roast and the coke
speed limit
crack in the windshield
heroine of the story
high school joint program
smoking area
I need ice
acid reflux
shooting hoops
shoot that over
photo shoot
shots for the baby
loaded question
trigger an alert
bullet points
magazine subscription
Target gift card
the strike price and the firing of staff
execute a stop order and hang on
we will attack the backlog
I hate to bother you
I hate you had to wait
I hate that you have to deal with this
"""


@pytest.mark.parametrize("text", ORDINARY.strip().splitlines())
def test_ordinary_talk_is_not_found(text: str) -> None:
    assert spans(text) == ()
