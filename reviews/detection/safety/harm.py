"""Threats, and harm to oneself."""

from reviews.detection.safety.rule import of_people, rule
from reviews.detection.safety.span import Category

_SOFT = (
    "!a/an/the/with/up/back/that/some/over/your/to/for/this/by/my/one/out/off/down/on/in/at/as/if"
    "/because/when"
)
"""After a verb that has a harmless sense too: I will shoot you an e-mail."""
_THREATS = (
    rule(
        Category.THREAT,
        "harm_you",
        f"""
        <i> ~3 <intend> ~2 <kill> you/your !with
        <i> ~3 <intend> ~2 <hurt> you {_SOFT}
        <i> ~3 <intend> ~2 beat/fuck/mess/rough/smack you up
        <i> ~3 <intend> ~2 beat/kick/knock/slap ~3 out of you
        <i> ~3 <intend> ~1 break/slit/snap/smash/cut/crush/bash/rip ~1 your ~2 <body>
        <i> ~3 <intend> snap/slit/break that/your ~2 <body> of yours
        <i> ~3 <intend> kick/beat/whoop your ~1 ass/arse/butt
        <i> ~3 <intend> ~1 put a bullet
        <i> ~3 <intend> ~2 end your life
        <i> ~3 <intend> ~1 hunt you down
        <i> ~3 <intend> make you pay/suffer/regret/bleed
        <i> ~3 <intend> find you and
        <i> ~3 <intend> come after you
        <i> ~3 <intend> put you in the/a hospital/ground/grave/coma
        <i> ~3 <intend> make your life ~1 hell/miserable
        you will not live to see
        to break/smash/snap/slit your ~1 <body>
        <i> am coming after you
        <i> ~3 coming ~5 and <i> ~1 will ~1 <harm> you/your
        not/never afraid/scared to ~5 on you !for
        you are dead .
        you are a? dead meat/man/woman
        die at/by my hand/hands
        your family/kids/children/wife/husband/daughter/son ~3 suffer/die/bleed
        """,
        score=0.9,
        aim="you",
    ),
    rule(
        Category.THREAT,
        "harm_place",
        """
        <i> ~3 <intend> ~1 blow/bomb/shoot/burn/torch ~1 your/the/this/that ~2 <place>
        <i> ~3 <intend> ~1 burn/blow ~3 <place> down/up
        <i> ~3 <intend> ~1 shoot up ~3 <place>
        <i> ~3 <intend> ~7 shoot/blow/burn ~1 <place> up/down
        <i> ~3 <intend> ~2 bring/get/grab/fetch my/a <gun>
        <i> ~3 come down/over/back? there/here with my/a <gun>
        someone/somebody/people <intend> ~1 get/be ~1 hurt/shot/killed/stabbed
        someone/somebody/people ~3 end/ends/ending up dead/hurt
        there is a bomb
        """,
        score=0.85,
        aim="you",
    ),
    rule(
        Category.THREAT,
        "come_there",
        f"""
        <i> ~3 <intend> ~7 and/then ~1 <kill>/<hurt> you {_SOFT}
        <i> ~1 <intend> come/drive/fly/march ~2 there/here/over/down ~1 and ~2 <harm>
        <i> ~1 <intend> come/drive/fly/march ~2 there/here ~1 and ~2 make/teach/show you
        """,
        score=0.85,
        aim="you",
    ),
    rule(
        Category.THREAT,
        "veiled",
        """
        <i> ~1 <intend> come down there and .
        you will/would be ~1 sorry !to/for/about/if/when/that/you/we/at
        you are going to be ~1 sorry !to/for/about/if/when/that/you/we/at
        your days are numbered
        you better watch yourself/out
        watch your back !order
        <i> ~2 know where you/your ~1 live/lives/work/sleep/family
        you will/are ~2 regret this/it/that/ever
        you will pay for what
        """,
        score=0.6,
        aim="you",
    ),
    rule(
        Category.THREAT,
        "unclear",
        "you will pay for this/that .",
        score=0.5,
        aim="you",
        is_doubtful=True,
    ),
    rule(
        Category.THREAT,
        "unclear",
        "<i> ~3 <intend> ~2 <kill> my ~1 <man>/<relation>",
        score=0.5,
        aim="other",
        is_doubtful=True,
    ),
    rule(
        Category.THREAT,
        "harm_another",
        """
        <i> ~3 <intend> ~2 <kill> <him>
        <i> ~3 <intend> ~2 <kill>/shoot that/this/the/a/those/these ~1 <man>/<relation>
        <i> ~3 <intend> beat him/her/them up
        <i> ~3 <intend> ~1 shoot/hurt/punch/slap/choke/hang him/her/them .
        <i> ~3 <intend> put an end to him/her/them .
        <i> ~3 <intend> ~1 make him/her/them suffer
        """,
        score=0.7,
        aim="other",
    ),
    *of_people(
        Category.THREAT,
        "harm_group",
        """
        <i> ~3 <intend> ~2 <harm> <group>
        <i> ~3 <intend> ~1 put an end to <group>
        <i> ~3 <intend> end <group>
        <i> ~3 <intend> ~1 get rid of <group>
        <i> ~3 <intend> make <group> suffer/bleed/pay
        let us ~1 <harm> <group>
        let us get rid of <group>
        why do not we ~1 <harm> <group>
        why do not we ~1 get rid of <group>
        how about we <harm> <group>
        <i> should ~1 <harm>/hang <group>
        ^ <harm> <group>
        death to <group>
        <group> ~2 will ~2 die
        <group> <fill>? should/must/ought/need to? <fill>? be <fill>? <killed>
        <group> <fill>? needs/have/deserve/deserves to? <fill>? be <fill>? <killed>
        <group> <fill>? should/must/ought/need to? <fill>? die/suffer/hang/burn/rot
        <group> <fill>? needs/have/deserve/deserves to? <fill>? die/suffer/hang/burn/rot
        <group> <fill>? should/would <fill>? be <fill>? <doomed>
        hope/wish/love/like/want to? see? <group> ~2 <doomed>
        better off if/when <group> <are> <fill>? <doomed>
        better off without <group>
        someone would/should <harm> <group>
        <killing> <group> should not
        <killing> <group> ~2 not be illegal
        cut/slit/cutting/slitting <group> ~1 throats
        <group> ~3 throats cut/slit
        """,
        score=0.9,
    ),
)
_SELF_HARM = (
    rule(
        Category.SELF_HARM,
        "self",
        """
        kill/killing/hang/hanging myself !for/if
        hurt/hurting/harm/harming/cutting myself .
        hurt/hurting/harm/harming myself !on/with/at/while/when/moving/lifting/financially
        end/ending my own? life !insurance/policy/cover/coverage/plan/assurance
        take/taking my own life !insurance
        <i> ~3 want/wanted/wants to end it .
        <i> ~3 end it all
        ending it all
        cutting/cut myself again/anymore/deliberately
        <i> ~3 self harming/harm
        no point/sense/reason in/to ~1 living/live
        no point living
        not ~2 any reason/point/sense ~3 live/living
        bottle of pills
        took too many pills
        everyone ~3 better off without me
        <i> ~2 want/wanted to die !of/laughing/for/from
        <i> ~2 wish ~2 <i> was/were dead
        <i> ~3 rather be dead
        <i> ~2 wish ~1 <i> had never been born
        <i> ~2 do not want to live/wake !here/in/there/with/at/near/on/like/under/by
        <i> ~2 do not want to be here/alive anymore/.
        no reason to live
        nothing to live for
        life is not worth living
        not want to go on living
        better off dead
        better off without me
        <i> ~3 suicidal
        <i> ~4 commit/committing/attempt/attempted/attempting/considering/contemplating suicide
        <i> ~3 thinking/thought/thoughts about/of suicide
        jump off a/the bridge/roof/building
        """,
        score=0.9,
        aim="self",
        void=frozenset({"denied", "idiom"}),
    ),
    rule(
        Category.SELF_HARM,
        "of_another",
        """
        kill/killing/killed/kills/hang/hanged himself/herself/themselves
        commit/committed/committing/attempted/threatened suicide
        died by suicide
        he/she/they <are> ~1 suicidal
        suicide attempt/note/hotline/prevention/risk/pact
        suicidal thoughts/ideation
        """,
        score=0.6,
        aim="other",
        void=frozenset({"denied", "idiom"}),
    ),
)
RULES = (*_THREATS, *_SELF_HARM)
