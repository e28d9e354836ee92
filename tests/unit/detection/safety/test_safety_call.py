from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.detection.safety.call import find_in_call, reads
from tests.unit.detection.calls import call, unlabelled
from tests.unit.detection.safety.calls import categories, spans, sure

HIT = [
    ("profanity", "nobody", "this fucking router never works", "fucking"),
    ("profanity", "nobody", "what a load of bullshit", "bullshit"),
    ("slur", "group", "typical faggot behaviour", "faggot"),
    ("threat", "you", "or I will kill you", "I will kill you"),
    ("threat", "you", "I'll break your legs", "I'll break your legs"),
    ("threat", "you", "we're gonna burn your house down", "we're gonna burn your house down"),
    ("threat", "other", "I will strangle him", "I will strangle him"),
    ("threat", "group", "all Muslims should be shot", "all Muslims should be shot"),
    ("harassment", "you", "look you are a complete moron", "you are a complete moron"),
    ("harassment", "you", "thanks for nothing you stupid cow", "you stupid cow"),
    ("harassment", "group", "immigrants are vermin", "immigrants are vermin"),
    ("sexual", "nobody", "please send me nudes", "send me nudes"),
    ("self_harm", "self", "some days I want to kill myself", "kill myself"),
    ("self_harm", "self", "I want to end my life", "end my life"),
    ("drugs_alcohol", "nobody", "my brother sells cocaine there", "cocaine"),
    ("weapons", "nobody", "he keeps a loaded rifle in the car", "rifle"),
    ("gambling", "nobody", "it all went at the casino", "casino"),
    ("crime_violence", "nobody", "my neighbour was stabbed", "was stabbed"),
]
NEAR = [
    "let us kill the process and start again",
    "would it kill you to call me back",
    "just shoot me an email",
    "I'll shoot you a text",
    "it was a shot in the arm for us",
    "is there a drug store nearby",
    "you will blow up my phone",
    "I bombed the interview",
    "who can crack the code",
    "I'm gunning for a promotion",
    "we had to fire that rule",
    "please execute the order before the dead line",
    "the cake is to die for",
    "I'm dying to see it",
    "my name is Dick and this is Randy Gaylord",
    "a cocktail in Scunthorpe",
    "please assess the class analysis",
    "I want to end my life insurance",
    "I shot myself in the foot there",
    "I'll cut you a check and hit you with no fee",
    "you will pay for that with your card",
    "you will be sorry to hear it sold out",
    "I'm going to come down there and pay in cash",
    "we'll beat that price for you",
    "the Indian restaurant was disgusting",
    "I hate these women's shoes",
    "women are welcome and so are all Muslims",
    "the garden hoe and the weed killer",
    "a murder mystery party",
    "a smoking gun in the data",
    "I bet you can",
    "sexual orientation is not asked",
]
DENIED = [
    "I would never hurt you",
    "I am not threatening you, I will not kill you",
    "you are not an idiot",
    "I'm not suicidal",
    "we must never harm immigrants",
]
REPORTED = [
    "he called me a stupid bitch",
    "you can't say you idiot to a customer",
    'she wrote "I will kill you" on the form',
    "the agent told me to shut up",
    "people who say all Muslims should be shot are bigots",
    "stop saying that women are stupid",
]
DISGUISED = [
    ("this is sh1t", "sh1t"),
    ("you @sshole", "@sshole"),
    ("f*** this", "f***"),
    ("what a f**king joke", "f**king"),
    ("fuuuuck this", "fuuuuck"),
    ("f.u.c.k this", "f.u.c.k"),
    ("oh f u c k this", "f u c k"),
    ("well [PROFANITY] that", None),
]


@pytest.mark.parametrize(("category", "aim", "text", "words"), HIT)
def test_a_hit_has_its_category_its_aim_and_its_words(
    category: str, aim: str, text: str, words: str
) -> None:
    assert (category, aim, words) in sure(text)


@pytest.mark.parametrize("text", NEAR)
def test_a_turn_of_phrase_or_a_name_is_not_found(text: str) -> None:
    assert spans(text) == ()


@pytest.mark.parametrize("text", DENIED)
def test_what_is_denied_is_not_found(text: str) -> None:
    assert spans(text) == ()


@pytest.mark.parametrize("text", REPORTED)
def test_what_another_said_is_no_threat_and_no_insult(text: str) -> None:
    assert categories(text).isdisjoint({"threat", "harassment", "slur"})


def test_what_the_speaker_said_before_stays_an_insult() -> None:
    assert categories("I said you are an idiot") == {"harassment"}


def test_a_wish_to_die_is_found_when_another_tells_of_it() -> None:
    assert categories("the customer said he would kill himself") == {"self_harm"}


@pytest.mark.parametrize(("text", "word"), DISGUISED)
def test_a_disguised_word_is_found_and_named_as_such(text: str, word: str | None) -> None:
    found = [span for span in spans(text) if span.category == "profanity"]
    assert len(found) == 1
    assert found[0].is_disguised == (word is not None)
    assert not found[0].is_unsure


def test_a_name_that_is_spelled_out_is_not_read_as_a_word() -> None:
    assert spans("can you spell it D I C K S") == ()


def test_figures_with_letters_are_a_code() -> None:
    assert spans("the code is A55 or 5h17") == ()


def test_a_word_below_the_floor_is_unsure() -> None:
    heard = call("customer: you fucking idiot")
    badly = replace(heard, confidence=[0.9, 0.9, 0.3])
    by_category = {span.category.value: span.is_unsure for span in find_in_call(badly)}
    assert by_category == {"profanity": False, "harassment": True}
    assert not any(span.is_unsure for span in find_in_call(badly, floor=0.2))


def test_a_word_without_a_confidence_is_not_doubted() -> None:
    heard = replace(call("customer: you fucking idiot"), confidence=[None] * 3)
    assert [span.is_unsure for span in find_in_call(heard)] == [False, False]


def test_a_slur_for_the_own_people_is_unsure() -> None:
    assert [span.is_unsure for span in spans("we are faggots")] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "the spread shit is attached",
        "please send the shit to my email",
        "I cunt see the invoice",
        "we cunt afford it",
        "interest is sex percent",
        "the anal report is due",
        "our long bitch hotel",
        "the sales bitch was great",
        "ass soon as you can",
        "it's the whore is on first",
        "a tuning fuck and the duck",
        "hell be there at nine",
    ],
)
def test_a_word_that_was_misheard_in_business_is_never_sure(text: str) -> None:
    assert sure(text) == []


@pytest.mark.parametrize(
    ("language", "expected"), [(None, True), ("en", True), ("en_us", True), ("es", False)]
)
def test_only_english_and_what_may_be_english_is_read(
    language: str | None, *, expected: bool
) -> None:
    assert reads(language) is expected


def test_them_are_the_people_just_named() -> None:
    assert categories("Muslims moved in. I hate them.") == {"harassment"}
    assert categories("The parcels came late. I hate them.") == set()


def test_who_speaks_and_where_is_told_by_the_utterance() -> None:
    whole = call("agent: How can I help?\ncustomer: Well, you are an idiot.\nagent: Shut up.")
    places = [(span.utterance, span.first_word, span.last_word) for span in find_in_call(whole)]
    assert places == [(1, 1, 4), (2, 0, 1)]


def test_spans_of_one_category_are_apart() -> None:
    found = spans("fuck you you fucking piece of shit fuck off you stupid fucking bitch")
    taken = [
        (span.category, word)
        for span in found
        for word in range(span.first_word, span.last_word + 1)
    ]
    assert found
    assert len(taken) == len(set(taken))


def test_a_call_without_words_speakers_or_times_is_read() -> None:
    nothing = replace(
        call("customer: x"), words=(), start_ms=[], end_ms=[], confidence=[], bounds=(0, 0)
    )
    assert find_in_call(nothing) == ()
    timeless = replace(unlabelled("customer: you idiot"), start_ms=[-1, -1], end_ms=[-1, -1])
    assert [span.category.value for span in find_in_call(timeless)] == ["harassment"]


@pytest.mark.parametrize("text", ["😀 you idiot 😡", "שלום you idiot مرحبا", "you\u200f idiot"])
def test_emoji_and_other_scripts_stand_beside_the_words(text: str) -> None:
    assert categories(text) == {"harassment"}


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "words",
    [
        ("a" * 1_000_000,),
        ("please", "check", "the", "balance") * 50_000,
        ("you", "idiot") * 50_000,
        ("u", "c", "k", "f") * 100_000,
        ("women", "i", "hate", "them") * 20_000,
        ("f" + "*" * 30,) * 10_000,
        ('"', "the", "shit") * 30_000,
    ],
)
def test_an_utterance_of_any_length_is_read_in_linear_time(words: tuple[str, ...]) -> None:
    count = len(words)
    long = replace(
        call("customer: x"),
        words=words,
        start_ms=[-1] * count,
        end_ms=[-1] * count,
        confidence=[0.9] * count,
        bounds=(0, count),
    )
    assert all(0 <= span.first_word <= span.last_word < count for span in find_in_call(long))


HARSH = """
i you will kill fuck idiot are women not never sh1t f u c k said but . them hate shit! “the” f*** 6
my ass @ — ’ [PROFANITY] mother-fucker you're can't drugs on
"""
WORDS = st.sampled_from(HARSH.split())


@given(st.lists(st.lists(WORDS, max_size=12), max_size=5), st.floats(0, 1))
def test_spans_lie_in_their_utterance_and_are_the_same_twice(
    said: list[list[str]], floor: float
) -> None:
    words = tuple(word for utterance in said for word in utterance)
    bounds = [0]
    for utterance in said:
        bounds.append(bounds[-1] + len(utterance))
    whole = replace(
        call("customer: x"),
        words=words,
        start_ms=[0] * len(words),
        end_ms=[0] * len(words),
        confidence=[0.5] * len(words),
        bounds=tuple(bounds),
        speakers=("A",) * len(said),
        channels=(None,) * len(said),
    )
    found = find_in_call(whole, floor=floor)
    assert found == find_in_call(whole, floor=floor)
    for span in found:
        assert 0 <= span.first_word <= span.last_word < len(said[span.utterance])
        assert 0 <= span.score <= 1
