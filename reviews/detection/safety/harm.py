"""Threats, and harm to oneself."""

from reviews.detection.safety.rule import Rule, rule
from reviews.detection.safety.span import Category

_SOFT = "!a/an/the/with/up/back/that/some/over/your/to/for/this/by/my/one/out/off/down/on/in/at/as/if/because/when"
_THREATS = (
    rule(
        Category.THREAT,
        "harm_you",
        f"""
        <i> ~2 <intend> ~2 <kill> you/your !with
        <i> ~2 <intend> ~2 <hurt> you {_SOFT}
        <i> ~2 <intend> ~2 beat/fuck/mess/rough/smack you up
        <i> ~2 <intend> ~2 beat/kick/knock/slap ~3 out of you
        <i> ~2 <intend> ~1 break/slit/snap/smash/cut/crush/bash/rip ~1 your ~2 <body>
        <i> ~2 <intend> snap/slit/break that/your ~2 <body> of yours
        <i> ~2 <intend> kick/beat/whoop your ~1 ass/arse/butt
        <i> ~2 <intend> ~1 put a bullet
        <i> ~2 <intend> ~2 end your life
        <i> ~2 <intend> ~1 hunt you down
        <i> ~2 <intend> make you pay/suffer/regret/bleed
        <i> ~2 <intend> find you and
        <i> ~2 know where you/your ~1 live/lives/work/sleep/family
        you are dead .
        you are a? dead meat/man/woman
        your days are numbered
        watch your back
        die at/by my hand/hands
        your family/kids/children/wife/husband will pay/suffer/die
        """,
        score=0.9,
        aim="you",
    ),
    rule(
        Category.THREAT,
        "harm_place",
        """
        <i> ~2 <intend> ~1 blow/bomb/shoot/burn/torch ~1 your/the/this/that ~2 <place>
        <i> ~2 <intend> ~1 burn/blow ~3 <place> down/up
        <i> ~2 <intend> ~1 shoot up ~3 <place>
        <i> ~2 <intend> ~2 bring/get/grab/fetch my/a <gun>
        <i> ~3 come down/over/back? there/here with my/a <gun>
        someone/somebody/people <intend> ~1 get/be ~1 hurt/shot/killed/stabbed
        there is a bomb
        """,
        score=0.85,
        aim="you",
    ),
    rule(
        Category.THREAT,
        "come_there",
        """
        <i> ~1 <intend> come/drive/fly/march ~2 there/here/over/down ~1 and ~2 <harm>
        <i> ~1 <intend> come/drive/fly/march ~2 there/here ~1 and ~2 make/teach/show you
        """,
        score=0.85,
        aim="you",
    ),
    rule(
        Category.THREAT,
        "come_there_open",
        """
        <i> ~1 <intend> come down there and .
        you will/would be ~1 sorry !to/for/about/if/when/that
        you are going to be ~1 sorry !to/for/about
        you will/are ~2 regret this/it/that/ever
        you will pay for what
        you will pay for this/that .
        """,
        score=0.6,
        aim="you",
    ),
    rule(
        Category.THREAT,
        "harm_another",
        """
        <i> ~2 <intend> ~2 <kill> <him>
        <i> ~2 <intend> ~2 <kill> that/this/my/the/a/those/these ~1 <man>
        <i> ~2 <intend> shoot/stab/strangle/murder a/the/that/every/this
        <i> ~2 <intend> beat him/her/them up
        <i> ~2 <intend> put an end to him/her/them .
        <i> ~2 <intend> ~1 make him/her/them suffer
        """,
        score=0.7,
        aim="other",
    ),
    rule(
        Category.THREAT,
        "harm_group",
        """
        <i> ~2 <intend> ~3 <harm> ~3 <group>
        <i> ~2 <intend> ~3 put an end to ~1 <group>
        <i> ~2 <intend> end ~1 <group>
        <i> ~2 <intend> make <group> suffer
        let us ~1 <harm> ~2 <group>
        why do not we ~1 <harm> ~2 <group>
        we should just? <harm>/hang ~1 <group>
        ^ <harm> all <group>
        death to ~1 <group>
        <group> ~2 will ~3 die
        <group> ~2 should/must/ought/need/deserve/have to? ~2 be ~2 <killed>
        <group> ~2 deserve/deserves/ought/should/must/need to? ~2 die/suffer/hang/burn/rot
        <group> ~2 ought/should/must/deserve to? be ~2 tortured/burned/shot/hanged/killed
        hope/wish/love/like ~4 <group> ~3 suffer/die/burn/<killed>
        see <group> suffer/die/burn
        better off if/when ~2 <group> ~2 <killed>/dead/gone
        better off without <group>
        someone would/should <harm> <group>
        <killing> ~1 <group> should not
        <killing> ~2 <group> ~3 not be illegal
        <group> ~9 <i> ~3 <harm> ~3 them
        """,
        score=0.9,
        aim="group",
    ),
)
_SELF_HARM = (
    rule(
        Category.SELF_HARM,
        "self",
        """
        kill/killing/hang/hanging myself !for/if/over
        hurt/hurting/harm/harming/cutting myself .
        hurt/hurting/harm/harming myself !on/with/at/while/when/moving/lifting/financially
        end/ending my own? life !insurance/policy/cover/coverage/plan/assurance
        take/taking my own life !insurance
        <i> ~3 want/wanted/wants to end it .
        <i> ~3 end/ending it all
        <i> ~2 want/wanted to die !of/laughing/for/from
        <i> ~2 wish ~2 <i> was/were dead
        <i> ~3 rather be dead
        <i> ~2 wish ~1 <i> had never been born
        <i> do not want to live/wake !here/in/there/with/at/near/on/like/under/by
        <i> do not want to be here/alive anymore/. 
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
    ),
)
RULES = (*_THREATS, *_SELF_HARM)
