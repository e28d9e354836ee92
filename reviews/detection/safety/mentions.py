"""What is spoken of: sex, drink and drugs, weapons, gambling, crimes of violence."""

from reviews.detection.safety.rule import Rule, rule
from reviews.detection.safety.span import Category

RULES: tuple[Rule, ...] = (
    rule(
        Category.SEXUAL,
        "words",
        """
        have/had/having/has/want/wants/phone/oral/anal/casual/rough/hot/gay sex !<number>/#
        about/for sex .
        sex with/tape/toy/toys/worker/act/acts
        sexual favor/favors/favour/favours/acts/intercourse/desires/fantasies
        <sexual>
        send/show/have/got me? ~2 nudes
        you ~2 naked
        naked/nude pictures/pics/photos/selfie/selfies/body
        get/got/getting/be/am/are/is/you naked
        """,
        score=0.75,
    ),
    rule(
        Category.SEXUAL,
        "advance",
        """
        you ~2 sound/look/are/have ~2 sexy
        sexy voice/body/ass/lady/girl/baby
        what are you wearing
        sleep with me
        want to ~1 fuck/bang you
        <i> ~2 want you in bed
        suck my dick/cock
        are you single .
        """,
        score=0.75,
        aim="you",
    ),
    rule(
        Category.SEXUAL,
        "unclear",
        "penis/vagina/boob/boobs/tits/sexy/sex",
        score=0.5,
        is_doubtful=True,
    ),
    rule(
        Category.DRUGS_ALCOHOL,
        "drugs",
        """
        <drug>
        smoke/smoking/smoked/buy/sell/selling/bought/some/of/grow weed/pot/crack/dope
        roll/rolling/smoke/smoking/smoked a joint
        get/getting/got/was/were/so/am/is/are/be stoned
        get/getting/got high .
        get/getting/got/so/am/being ~1 high on
        on/doing/do/did/does/using/use/used/taking/took/sell/selling/hard/illegal/street drugs !for
        drug dealer/dealers/addict/addicts/addiction/dealing/overdose/abuse/problem
        overdose/overdosed/overdosing on
        snort/snorting/snorted
        """,
        score=0.7,
    ),
    rule(
        Category.DRUGS_ALCOHOL,
        "drink",
        """
        get/getting/got/gets/so/too/am/is/are drunk
        was/were/be/being/you/totally/completely/little/bit drunk
        drunk driving/driver
        get/getting/got/was/so ~1 wasted/hammered/shitfaced/plastered !on/by/money/time
        drinking on the job
        been/you/am/was/were/stop/stopped/quit/started drinking
        drink/drinks/drinking/drank/shots/shot/bottle/bottles of? ~1 <spirit>
        hungover/hangover/alcoholic/alcoholics/alcoholism/drunkard
        drink/drinks/drinking/drank/drunk/bottle/buy/bought/on/of ~1 alcohol/booze/liquor
        """,
        score=0.6,
    ),
    rule(
        Category.WEAPONS,
        "words",
        """
        <weapon>
        a/the/his/her/my/your/with/own/carry/carries/bring/loaded/toy/buy gun
        guns
        pull/pulled/with/had/has/carry/carrying/waving a knife
        pipe/car/dirty/nail/nuclear bomb/bombs
        a/make/making/made/build/plant/planted/the bomb .
        bomb threat/threats
        """,
        score=0.65,
    ),
    rule(
        Category.GAMBLING,
        "words",
        """
        <gambling>
        play/playing/played/at/online/strip/of poker
        poker game/table/tournament/night
        slot machine/machines
        play/playing/played the slots
        place/placed/placing/put/make/made/lay a? bet/bets/wager/wagers
        sports betting/bet/bets/book
        bet/bets/betting/gamble/gambled ~2 on the ~1 game/games/horses/horse/match/race/fight/team
        lottery ticket/tickets/winner/scam
        play/playing/played/won/win the lottery
        betting/gamble/gambles/bet on ~1 <sport>
        put/lost ~3 on the horses/dogs/tables/slots/races
        scratch cards/tickets
        """,
        score=0.6,
    ),
    rule(
        Category.CRIME_VIOLENCE,
        "words",
        """
        <violence>
        was/were/got/been/being/is/are ~1 murdered/stabbed/strangled/raped
        was/were/got/been/being/is/are ~1 kidnapped/molested/mugged/lynched
        was/were/got/been/being/gets shot !up/down/over/to/an/a/in
        shot ~1 dead
        shot/stabbed/murdered/raped me/him/her/them/someone/somebody/people/my/his
        strangled/assaulted/molested/kidnapped/killed me/him/her/them/someone/somebody/people/my/his
        attempted rape
        rape victim/victims/case/charge/charges/allegation/survivor/culture
        sexually/physically assaulted/abused/attacked
        sexual/domestic/aggravated/physical assault/violence/abuse/battery
        beat/beats/beating/beaten me/him/her/them/my/his up
        he/she/husband/boyfriend/wife/father ~1 hit/hits/beat/beats me/her/him/us .
        armed robbery
        mass/school shooting/shootings/shooter
        robbed at
        held me/us/him/her at
        terror/terrorist attack/attacks
        gang violence/member/members
        """,
        score=0.65,
    ),
    rule(Category.CRIME_VIOLENCE, "unclear", "rape/rapes", score=0.5, is_doubtful=True),
)
