"""Swearing, slurs, insults and hate."""

from reviews.detection.safety.rule import Rule, rule
from reviews.detection.safety.span import Category

_SWEARING = (
    rule(
        Category.PROFANITY,
        "word",
        """
        <swearing>
        [profanity]
        what/who/where/why/how the fuck/hell
        holy/oh/ah/eat/full/bull/horse/chicken shit
        piece/load/pile/crock of shit
        your/my/his/her/their/fat/big/dumb/kick/kiss/lazy/smart/stupid/bad/sorry ass/arse/asses
        pain in the/my ass/arse
        ass/arse hole/holes
        such/you/total/complete/fucking a? dick/cock/prick/bitch/cunt
        a/an fucking? dick/prick/cunt
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
        fuck off
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
_SLURS = (
    rule(Category.SLUR, "word", "<slur>", score=0.9, aim="group"),
    rule(
        Category.SLUR,
        "of_people",
        """
        these/those/all/many/typical/fucking/dirty/filthy/stupid/you/nothing/lazy ~1 <unclear_slur>
        too many <unclear_slur>
        such a/an <unclear_slur>
        nothing but a/an? <unclear_slur>
        ^ <unclear_slur> <are>/can/should/must/just/do
        <unclear_slur> behavior/behaviour/just/like you
        """,
        score=0.8,
        aim="group",
    ),
    rule(
        Category.SLUR,
        "unclear",
        "spic/spics/gook/gooks/paki/pakis/chink/chinks/fag/fags/kike/darkie/tard",
        score=0.5,
        aim="group",
        is_doubtful=True,
    ),
)
_INSULTS = (
    rule(
        Category.HARASSMENT,
        "insult",
        """
        you <fucking>? <bad>? <fucking>? <insult>
        you <fucking>? <bad> <fucking>? <man>/cow/ass/thing
        you guys/people/all <are> <very>? a/an/the/bunch? of? <fucking>? <bad>? <insult>
        you <are> <very>? ~2 <fucking>? <insult>
        you <are> <very>? <very>? as? <fucking>? <bad>
        you guys/people/all <are> <very>? <fucking>? <bad>
        you <are> ~2 piece of shit/crap/garbage/trash/filth
        you ~1 piece of shit/crap/garbage/trash/filth
        are you <very>? <fucking>? stupid/dumb/retarded/deaf/mental/braindead
        are you ~2 <insult>
        your ~1 stupid/fat/ugly/dumb face/ass/mouth/head/mother/brain
        hey/listen/ok/okay/look/shut/bye ~1 <insult> .
        you son of a bitch
        """,
        score=0.85,
        aim="you",
    ),
    rule(
        Category.HARASSMENT,
        "attack",
        """
        shut the fuck/hell up
        shut up
        shut your ~1 mouth/trap/face
        go to hell
        rot/burn in hell
        fuck/screw you
        go fuck/screw yourself
        fuck off
        kiss/lick my ass/arse
        suck my dick/cock
        eat shit
        drop dead .
        go die
        go/should kill/hang/shoot yourself
        just/please kill/hang yourself
        kill yourself
        <i> hope you ~2 die/suffer/burn/choke/rot
        you should/must/deserve to? die
        you make me sick
        you disgust me
        <i> <very>? <hate> you .
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
        "liar",
        """
        you <fucking>? lying? <liar>
        you <are> a/an/all/just/such? a/bunch? of? <fucking>? lying? <liar>
        """,
        score=0.6,
        aim="you",
    ),
    rule(
        Category.HARASSMENT,
        "of_another",
        """
        he/she/they/who/guy/lady/woman/customer/agent/caller/manager <are> ~2 <person_insult>
        what a/an <fucking>? <person_insult>
        this/that/these/those <fucking>? <bad>? <person_insult>
        """,
        score=0.55,
        aim="other",
    ),
)
_HATE = (
    rule(
        Category.HARASSMENT,
        "hate",
        """
        <i> ~3 <hate> ~1 <group>
        <i> ~2 can/could not stand ~1 <group>
        <hatred> for/at/of ~1 <group>
        sick/tired of ~3 <group>
        disgusted by ~1 <group>
        <group> disgust/sicken me
        <group> ~1 make/makes me ~2 sick/furious/angry/vomit
        <group> make my skin crawl
        <group> ~9 <i> ~2 <hate> them
        """,
        score=0.85,
        aim="group",
    ),
    rule(
        Category.HARASSMENT,
        "contempt",
        """
        <group> are/is ~3 <vile>
        <group> are/is ~3 <vermin>
        are <group> ~2 <vile>
        <group> to be <very>? <vile>
        only <group> can/could ~2 <vile>
        <group> ~4 waste of space
        <group> ~2 nothing/no better/worse than
        nothing worse than <group>
        <vile>/only as <group>
        no better than <group>
        <group> lives/life <are> ~2 worthless/nothing
        <group> are/is ~2 worthless
        <group> ~1 threat/danger to
        <folk_adjective> <vermin>
        <folk> <vermin>
        <vermin> like <group>
        <vermin> <group>
        swarms/hordes of <group>
        <group> ~2 <are> infesting/invading/infecting/poisoning/ruining/destroying
        more <group> ~3 will ruin/destroy
        """,
        score=0.85,
        aim="group",
    ),
    rule(
        Category.HARASSMENT,
        "excluded",
        """
        <group> <are> not/never ~2 <good>
        <group> can/could/will/should/do/does not/never ~4 <good>
        <group> do/does not belong/deserve
        <group> have/has no place/right/rights
        no place/space/room ~4 for <group>
        <group> <are> not our
        <group> not worth
        never ~4 save ~1 <group>
        get/getting rid of ~1 <group>
        keep ~2 <group> out
        deport/ban ~1 <group>
        send <group> back/home
        """,
        score=0.75,
        aim="group",
        void=frozenset({"reported", "idiom"}),
    ),
)
RULES = (*_SWEARING, *_SLURS, *_INSULTS, *_HATE)
