"""Points 25 to 33: possessives, contractions, fillers, repeats, spellings, masks, characters."""

from collections.abc import Mapping

import pytest

from reviews.detection.document import RubricError
from reviews.detection.rubric import parse_rubric
from tests.unit.detection.calls import call
from tests.unit.detection.rules.cases import (
    Case,
    Cases,
    named,
    of_unknown_role,
    on,
    refused,
    rewritten,
)

SILENT = call("agent: ♪")
POSSESSED = (
    "agent: He's the customer's agent. The lawyers' fee. Let's go, James. It's paid. I'd pay."
)
SHORT = "agent: You can't go. We're sure I'll pay. I've won't, shan't, isn't. I'm ain't cannot"
HESITANT = "agent: To the ER now. Er we uh go. The um fee.\ncustomer: Mhm\nagent: Fine."
GERMAN = call("agent: um die er", language="de")
AGAIN = "agent: No. No. I I uh I want no, no no fee fee. Five five.\ncustomer: Five no"
SPELLED = call(
    "agent: call Acme Corp now or verba tim",
    custom_spelling=(("akme", "Acme Corp"), ("acme korp", "Acme Corp"), ("verbatum", "verba tim")),
)
HIDDEN = "agent: My name is [PERSON_NAME] and ssn ###-##-#### this f**** thing. Old PERSON."
TYPED = (
    "agent: The U.S. café — a co\u2011pay and/or Ｆｅｅ 😀 at AT&T or example.com, the Straße don’t"
)
CHINESE = call("agent: 我要 退款 政策", language="zh")
ASKED = "agent: Press OR hold, then what? A co-pay of $35, 24/7. Can't agent near this."

POINTS: dict[str, Cases] = {
    "25": [
        *on(
            "agent: the business' fees",
            {"business": "0:1 business'", '"business fee?"': "0:1 business' fees"},
        ),
        *on(
            POSSESSED,
            {
                "he": "0:0 He's",
                "he's": "0:0 He's",
                "customer": "0:2 customer's",
                "customer's": "0:2 customer's",
                "lawyer": "0:5 lawyers'",
                '"he is"': "clear",
                '"let us"': "clear",
                "let": "0:7 Let's",
                '"it has"': "clear",
                "I'd": "0:12 I'd",
                '"I would"': "clear",
                '"I had"': "clear",
            },
        ),
        *on(SILENT, {"he's": "no_words"}),
    ],
    "26": [
        *on(
            SHORT,
            {
                '"you can"': "0:0 You can't",
                "can": "0:1 can't | 0:13 cannot",
                "cannot": "0:1 can't | 0:13 cannot",
                '"we are sure"': "0:3 We're sure",
                '"I will pay"': "0:5 I'll pay.",
                '"I have will not shall not is not"': "0:7 I've won't, shan't, isn't.",
                '"I am"': "0:11 I'm",
                '"is not"': "0:10 isn't.",
                "you NEAR/2 go": "0:0 You can't go.",
                "you NEAR/1 go": "clear",
                "can NOT NEAR/0 not": "clear",
                '"am not"': "clear",
                "ain't": "0:12 ain't",
            },
        ),
        *on(of_unknown_role(SHORT), {'agent: "you can"': "roles_unknown"}),
    ],
    "27": [
        *on(
            HESITANT,
            {
                "to NEAR/0 now": "clear",
                '"the er now"': "0:1 the ER now.",
                "now BEFORE/0 we": "0:3 now. Er we",
                '"we go"': "0:5 we uh go.",
                '"we uh go"': "0:5 we uh go.",
                "uh": "0:6 uh",
                "we NEAR/0 go": "0:5 we uh go.",
                '"the * fee"': "clear",
                '"the um fee"': "0:8 The um fee.",
                "u?": "error 1: at least 2 letters",
                "mh?": "clear",
                "mhm": "1:0 Mhm",
                "fine AT TURN START": "clear",
            },
        ),
        *on(
            GERMAN,
            {"die AT TURN START": "clear", "um AT TURN START": "0:0 um", '"die er"': "0:1 die er"},
        ),
        *on(of_unknown_role(HESITANT), {"customer: mhm": "roles_unknown"}),
        *on("agent: WE SAID UM GO", {'"said go"': "0:1 SAID UM GO"}),
        *on(
            "agent: go um uh now",
            {'"um *"': "0:1 um uh now", '"* um"': "0:0 go um", '"um * now"': "clear"},
        ),
        *on("agent: um yes go um", {'"um yes" AT TURN START': "0:0 um yes"}),
    ],
    "28": [
        *on(
            AGAIN,
            {
                "COUNT(no) = 4": "0:0 No. | 0:1 No. | 0:9 no | 1:1 no",
                "COUNT(no) = 6": "clear",
                '"I want"': "0:5 I want",
                '"I I want"': "0:3 I uh I want",
                '"I I I want"': "0:2 I I uh I want",
                '"no no no"': "0:7 no, no no",
                'COUNT("no no no") = 1': "0:7 no, no no",
                "want NEAR/1 fee": "0:6 want no, no no fee fee.",
                "want NEAR/0 fee": "clear",
                '"5 5"': "0:12 Five five.",
                '"5 no"': "1:0 Five no",
                '"fee fee fee"': "clear",
            },
        ),
        *on("agent: no no no", {"COUNT(no) = 1": "0:2 no", '"no no"': "0:0 no no | 0:1 no no"}),
        *on("agent: fee\ncustomer: fee", {"COUNT(fee) = 2": "0:0 fee | 1:0 fee"}),
        *on(SILENT, {"COUNT(no) = 1": "no_words"}),
    ],
    "29": [
        *on(
            SPELLED,
            {
                "akme": "0:1 Acme Corp",
                "AKME": "0:1 Acme Corp",
                '"acme korp"': "0:1 Acme Corp",
                "akme NEAR/0 now": "0:1 Acme Corp now",
                "acme": "0:1 Acme",
                "verbatum": "0:5 verba tim",
                "korp": "clear",
                "akm*": "clear",
                '~"call akme now" 100%': "clear",
                '~"call acme corp now" 100%': "0:0 call Acme Corp now",
            },
        ),
        *on(
            call("agent: akme", custom_spelling=(("akme", "Acme Corp"),)),
            {'"acme corp"': "clear", "akme": "0:0 akme"},
        ),
        *on(of_unknown_role("agent: ok"), {"agent: ok": "roles_unknown"}),
    ],
    "30": [
        *on(
            HIDDEN,
            {
                "<masked>": "0:3 [PERSON_NAME] | 0:6 ###-##-####",
                "<masked PERSON_NAME>": "0:3 [PERSON_NAME]",
                "<masked PHONE_NUMBER>": "clear",
                "<profanity>": "0:8 f****",
                '"is * and"': "0:2 is [PERSON_NAME] and",
                '"ssn <masked> this"': "0:5 ssn ###-##-#### this",
                "is NEAR/1 and": "0:2 is [PERSON_NAME] and",
                "ssn NEAR/0 this": "clear",
                "person*": "0:11 PERSON.",
                "<number>": "clear",
                "<digits 9>": "clear",
                "NOT tax": "masked",
            },
        ),
        *refused({"f***": "1: ", "<masked 5>": "1: <masked>"}),
    ],
    "31": [
        *on(
            TYPED,
            {
                "U.S.": "0:1 U.S.",
                "u.s": "0:1 U.S.",
                "us": "clear",
                "cafe": "clear",
                "caf?": "0:2 café",
                '"café a"': "0:2 café — a",
                '"co-pay and or fee at"': "0:5 co\u2011pay and/or Ｆｅｅ 😀 at",
                "AT&T": "0:10 AT&T",
                "example.com": "0:12 example.com,",
                "example": "clear",
                "strasse": "0:14 Straße",
                "don't": "0:15 don’t",
                '"do not"': "0:15 don’t",
            },
        ),
        *on(
            "agent: soft\u00adhyphen A.P.R. ok",
            {"softhyphen": "0:0 soft\u00adhyphen", "A.P.R": "0:1 A.P.R."},
        ),
        *on(CHINESE, {"退款": "0:1 退款", "我": "clear"}),
        *on(
            CHINESE,
            {'"退款政策"': "0:1 退款 政策", '"要退款"': "0:0 我要 退款"},
        ),
        *on(SILENT, {"♪": "error 1: at least one word", "fee": "no_words"}),
    ],
    "32": [
        *on(
            ASKED,
            {
                "co-pay": "0:6 co-pay",
                "$35": "0:8 $35,",
                "24/7": "0:9 24/7.",
                "can't": "0:10 Can't",
                "“press”": "0:0 Press",
                '"press OR hold"': "0:0 Press OR hold,",
                '"OR"': "0:1 OR",
                r'"then what\?"': "0:3 then what?",
                "agent": "0:11 agent",
                "near": "0:12 near",
                '"press AND hold"': "clear",
                "press # why not\nAND hold": "0:0 Press | 0:2 hold,",
                '"[agent] near *3"': "0:12 near",
            },
        ),
        *on(
            ASKED,
            {'"hold # then"': "0:2 hold, then"},
        ),
        *refused(
            {
                '"[you]"': "2: at least one word",
                '"* *"': "2: at least one word",
                "a or b": "3: quotes",
                "OR": '1: "OR"',
                '"a < b"': "4: backslash",
                "a AND\n\tb c": "2.4: quotes",
            }
        ),
        *rewritten({"“a”": '"a"', "a # why": "a\n# why", '"OR"': '"OR"', "24/7": "24/7"}),
        *on(SILENT, {"co-pay": "no_words"}),
    ],
    "33": [
        *on(
            "agent: We promise, for certain, and guaranteed it. For sure. For now.",
            {
                "{promises}": "0:0 We promise, | 0:2 for certain, | 0:5 guaranteed | 0:7 For sure.",
                "{promises} IN ONE TURN": "0:0 We promise, | 0:2 for certain, | 0:5 guaranteed | "
                "0:7 For sure.",
                "it OR {promises}": "0:0 We promise, | 0:2 for certain, | 0:5 guaranteed | "
                "0:6 it. | 0:7 For sure.",
                "{promises} NEAR/0 it": "0:5 guaranteed it. | 0:6 it. For sure.",
                "{fees}": "clear",
                "{fees} OR it": "0:6 it.",
                "NOT {fees}": "absent 11",
            },
        ),
        *on(SILENT, {"{promises}": "no_words"}),
        *refused(
            {"{nope}": "1: fees, promises", "a OR {nope}": "6: no list", "{fees": "1: {list name}"}
        ),
    ],
}


@pytest.mark.parametrize("case", named(POINTS))
def test_words_are_folded_as_their_point_says(case: Case) -> None:
    case.check()


@pytest.mark.parametrize(
    ("lists", "path"),
    [
        ({"empty": []}, "lists.empty"),
        ({"open": ["fee", "(tax|levy"]}, r"lists.open\[1\]"),
        ({"nothing": ["[you]"]}, r"lists.nothing\[0\]"),
    ],
)
def test_point_33_a_list_that_is_none_is_refused(lists: Mapping[str, object], path: str) -> None:
    rule = {"code": "a", "title": "a", "check": {"query": "fee"}}
    with pytest.raises(RubricError, match=path):
        parse_rubric({"name": "Rules", "lists": lists, "rules": [rule]})
