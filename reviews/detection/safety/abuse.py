"""Swearing, slurs, insults and hate."""

from reviews.detection.safety.rule import Void, of_people, rule
from reviews.detection.safety.span import Category

_SWEARING = (
    rule(
        Category.PROFANITY,
        "word",
        """
        <swearing>
        [profanity]
        what/who/where/why/how the fuck/hell
        of/to/oh/ah/the/holy fuck
        ^ fuck
        fuck .
        fuck this/that/it/off/up/yeah/yes/no/knows/me/him/them/her/everything/all/your
        give/gives a fuck/shit
        fuck/fucks sake
        fuck 's sake
        ^ shit
        shit .
        holy/oh/ah/eat/full/bull/horse/chicken/talk/talking shit
        this/that/of/any/same/such/some/your/tough/dumb/stupid/real/no shit !is/to
        shit out/up/storm/show/hole/happens/ton/load
        is/are/was shit
        piece/load/pile/crock of shit
        your/my/his/her/their/fat/big/dumb/kick/kiss/lazy/smart/stupid/bad/sorry ass/arse/asses
        pain in the/my ass/arse
        ass/arse hole/holes
        such a dick/cock/prick/bitch/cunt
        total/complete/fucking dick/cock/prick/bitch/cunt
        you <unclear_insult> .
        <are> a/an fucking? dick/prick/cunt/bitch
        a fucking dick/prick/cunt/bitch
        suck/sucking/sucked ~1 dick/cock/balls
        son of a bitch
        stupid/dumb/fucking/little/crazy/lying/old bitch/cunt/slut/whore
        piss off
        pissing me/us/him/her/them off
        taking/take/took the piss
        """,
        score=0.9,
        void=frozenset({"idiom"}),
    ),
    rule(
        Category.PROFANITY,
        "at_you",
        """
        fuck/screw you/u/ya/yourself
        go fuck/screw yourself
        -to fuck off
        suck my dick/cock/balls
        kiss/lick my ass/arse
        """,
        score=0.95,
        aim="you",
        void=frozenset({"idiom", "reported"}),
    ),
    rule(
        Category.PROFANITY,
        "mild",
        """
        damn it/you/right/well/thing/good/time/near/straight
        god damn
        oh/ah/aw/well/^ damn .
        ^ damn
        a/the/this/that/your/so/too/no/give damn
        oh/holy/of/total/absolute/such/this/the/that/your crap
        crap .
        the/go/bloody/oh hell
        hell no/yeah/yes/with
        to hell
        bloody hell
        as/like hell
        """,
        score=0.55,
        void=frozenset({"idiom"}),
    ),
    rule(
        Category.PROFANITY,
        "unclear",
        "<misheard>\n[blanked]",
        score=0.5,
        is_doubtful=True,
        void=frozenset({"idiom", "reported"}),
    ),
)
_SAID: frozenset[Void] = frozenset({"reported", "idiom"})
"""A slur is one in a denial too."""
_SLURS = (
    rule(
        Category.SLUR,
        "word",
        "<slur>\ncamel/goat fucker/fuckers\nporch monkey/monkeys\ntowel/rag head/heads",
        score=0.9,
        aim="group",
        void=_SAID,
    ),
    rule(
        Category.SLUR,
        "of_people",
        """
        these/those/all/many/typical/fucking/dirty/filthy/stupid/you/lazy <fill>? <unclear_slur>
        a/an/the <fucking>? spic/gook/chink/retard/tard/coon/kike/darkie/paki !in/of/bar
        <are> a/an <fucking>? fag/dyke
        typical/many <women_slur>
        these/those/all <fill>? hoes/whores/sluts/bitches/cunts/skanks
        such/nothing ~1 a/an <unclear_slur>/<women_slur>
        ^ fags/dykes/queers/spics/coons are/can/should/must/just/do
        ^ cripples/negroes/darkies/crackers/chinks are/can/should/must/just/do
        ^ japs/gooks/pakis/retards/mongs/hoes/whores/sluts/bitches/cunts are/can/should/must/just/do
        <unclear_slur>/<women_slur> behavior/behaviour
        """,
        score=0.8,
        aim="group",
        void=_SAID,
    ),
    rule(
        Category.SLUR,
        "unclear",
        "spic/spics/gook/gooks/paki/pakis/chink/chinks/fag/fags/kike/darkie/tard",
        score=0.5,
        aim="group",
        void=_SAID,
        is_doubtful=True,
    ),
)
_INSULTS = (
    rule(
        Category.HARASSMENT,
        "insult",
        """
        you <fucking>? <bad>? <fucking>? <insult>
        you <unclear_insult> .
        you <unclear_insult> i/you/why/and/just/get/stop/shut
        you <fucking>/<bad> <bad>? <fucking>? <unclear_insult>
        you <fucking>? <bad> <bad>? <fucking>? <man>/cow/ass/thing
        you guys/people/all <are> <fill>? <fill>? bunch? of? <fucking>? <bad>? <insult>
        stop being <fill>? <fill>? <bad>/<insult>
        do not be <fill>? <fill>? <insult>
        you <are> <fill>? <fill>? <fill>? <bad>? <insult>/<unclear_insult>
        you <are> <fill>? <fill>? <fill>? <bad> !if/for
        you <are> <fill>? too <bad>
        you guys/people/all <are> <very>? <fucking>? <bad>
        you <are> <fill>? <fill>? <bad>? piece of shit/crap/garbage/trash/filth
        you ~1 piece of shit/crap/garbage/trash/filth
        are you <very>? <fucking>? stupid/dumb/retarded/braindead
        are you <fucking>? deaf .
        are you <fill>? <fill>? brain dead/damaged
        how <very>? stupid/dumb/thick are/can/could you
        what kind of <fill>? <insult> are you
        <insult>/<unclear_insult> like you
        you sound/look/act/talk ~1 like <fill>? <fill>? <bad>? <insult>
        you <are> <fill>? <fill>? <fill>? waste of space/oxygen/skin/air
        your head out of your ass/arse
        are you <fill>? <fill>? <bad>? <insult>
        your ~1 stupid/fat/ugly/dumb face/ass/mouth/head/mother/brain
        hey/listen/ok/okay/look/shut/bye ~1 <insult> .
        you son of a bitch
        you little/dirty/nasty/old/lying shit/shits/cow/<insult>/<unclear_insult>
        """,
        score=0.85,
        aim="you",
    ),
    rule(
        Category.HARASSMENT,
        "attack",
        """
        shut the fuck/hell up
        shut your ~1 mouth/trap/face
        go to hell
        rot/burn in hell
        fuck/screw you
        go fuck/screw yourself
        -to fuck off
        kiss/lick my ass/arse
        suck my dick/cock
        eat shit
        drop dead .
        go die
        go/should kill/hang/shoot yourself
        just/please kill/hang yourself
        kill yourself
        <i> hope you ~4 die/suffer/burn/choke/rot !not
        <i> hope you get/have/catch cancer
        you should/must/deserve to? die
        you make me sick
        you disgust me
        <i> <very>? <hate> you guys/people? .
        <i> wish you were dead
        you suck .
        nobody likes you
        your life is worthless
        you are nothing .
        """,
        score=0.75,
        aim="you",
    ),
    rule(
        Category.HARASSMENT,
        "rude",
        """
        shut up
        you <fucking>? lying? <liar>
        you <are> <fill>? <fill>? <fill>? lying? <liar>
        you <are> a bunch of <fucking>? <liar>
        """,
        score=0.6,
        aim="you",
    ),
    rule(
        Category.HARASSMENT,
        "of_another",
        """
        he/she/they/who/guy <are> <fill>? <fill>? <bad>? <person_insult>
        lady/woman/customer/agent/caller/manager <are> <fill>? <fill>? <bad>? <person_insult>
        what a/an <fucking>? <person_insult>
        this/that/these/those <fucking>? <bad>? <person_insult>
        this/that/these/those/what <fucking>/<bad>/a <bad>? <unclear_insult>
        """,
        score=0.55,
        aim="other",
    ),
)
_HATE = (
    *of_people(
        Category.HARASSMENT,
        "hate",
        """
        <i> ~3 <hate> <group>
        <i> ~2 can not stand ~3 <group>
        <i> ~2 could not stand ~3 <group>
        <hatred> for/at/of/towards <group>
        sick/tired of ~3 <group>
        disgusted by/with <group>
        <group> ~1 disgust/sicken/repulse me
        <group> ~5 make/makes me ~3 sick/furious/angry/anger/vomit/puke
        <group> make my skin crawl
        <group> can/should/could all? go? fuck/kill/hang themselves
        """,
        score=0.85,
    ),
    *of_people(
        Category.HARASSMENT,
        "contempt",
        """
        <group> are/is <fill>? <fill>? <fill>? <vile>/<vermin>
        <group> might look human
        are/is not? <group> <fill>? <fill>? <fill>? <vile>/<vermin>
        <group> to be <fill>? <fill>? <vile>
        only <group> can/could/are/is be? <fill>? <vile>
        <group> <are> <fill>? <fill>? <fill>? waste of space
        <group> <are> <fill>? nothing/no better/worse than
        no better than <group>
        nothing worse than <group>
        <group> <are> <fill>? worth <fill>? <fill>? nothing
        <group> <are> <fill>? <fill>? nothing .
        <group> ~4 threat/danger to
        <group> act/behave/smell/live like <fill>? <vermin>/<vile>
        <vermin>/<filth> like <group>
        swarms/hordes of <group>
        <group> <are> <fill>? infesting/invading/infecting/poisoning/ruining/destroying/overrunning
        <group> ~3 will/would ruin/destroy our/this/the
        """,
        score=0.85,
    ),
    *of_people(
        Category.HARASSMENT,
        "excluded",
        """
        <group> <are>? not/never <fill>? <fill>? <good>
        <group> can/could/will/should not/never <fill>? be? <fill>? <fill>? <good>
        <group> do/does not belong !to
        <group> do/does not deserve !to
        <group> have/has no place/right/rights
        no place/space/room ~4 for <group>
        <group> <are> not our
        <group> <are> not worth !any/less/more
        never ~4 save <group>
        keep <group> out of
        deport/ban <group>
        send <group> back to where/their
        """,
        score=0.75,
        void=frozenset({"reported", "idiom"}),
    ),
    rule(
        Category.HARASSMENT,
        "contempt",
        """
        <folk_adjective> <filth> !bag/bags/can/cans/bin/bins/truck/compactor
        """,
        score=0.8,
        aim="group",
    ),
)
RULES = (*_SWEARING, *_SLURS, *_INSULTS, *_HATE)
