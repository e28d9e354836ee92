"""Fifty rules with some five hundred phrases, the size of a rubric that a contact centre keeps.

A list is beginnings × endings, so that the text stays short while every phrase is one of its own.
"""

from itertools import product
from typing import Any

_WORDING = {
    "greeting": ("thank you for|thanks for", "calling|your call|holding|waiting|reaching out"),
    "recording": (
        "this call is|this call may be|this call will be|the line is",
        "being recorded|recorded for quality|monitored",
    ),
    "own name": ("my name is|you are speaking with|this is", "*1 from|*1 with the|*1 and I"),
    "identity": (
        "can you confirm|may I have|could you give me|please verify",
        "your full name|your date of birth|your address|the last four",
    ),
    "purpose": (
        "I am calling|the reason I call is",
        "about your|to discuss|to follow up|regarding",
    ),
    "consent": ("do you agree|are you okay|may we|is it fine", "to continue|to proceed|to go on"),
    "refusal": ("I do not|we don't|please do not", "agree to that|consent|want that|accept it"),
    "guarantee": (
        "I guarantee|we guarantee|I promise|you will always get",
        "a profit|a refund|approval|the best rate",
    ),
    "no risk": ("there is|you have|it carries", "no risk|nothing to lose|zero risk|no downside"),
    "returns": (
        "average return|annual return|the fund (pays|returns)|it has earned",
        "of *1 percent|was *1 percent|every year",
    ),
    "risk": (
        "you could lose|the value can|past performance does not",
        "money|go down|fall|guarantee|predict",
    ),
    "pressure": (
        "you must decide|you have to decide|this ends|the offer closes",
        "today|tonight|right now|this evening",
    ),
    "fees": ("there is a|we charge a|it comes with a", "fee|small charge|monthly charge|penalty"),
    "fee amount": ("the fee is|it costs|you pay|the charge is", "*2 dollars|*1 percent|nothing"),
    "cancel": (
        "I want to|I would like to|please|can you",
        "cancel|close my account|stop the service|end the contract",
    ),
    "cancel help": ("I can cancel|let me close|I will end", "it|that|your account|the contract"),
    "retention": ("before you go|instead of leaving", "let me|we can|I could|would you"),
    "complaint": (
        "I want to|I would like to|I have to|I am going to",
        "complain|make a complaint|speak to a manager|report this",
    ),
    "complaint taken": (
        "I will log|let me file|I am recording|we will open",
        "your complaint|a complaint|that as a complaint|a case",
    ),
    "anger": ("this is|you people are|that is", "unacceptable|ridiculous|a joke|outrageous"),
    "apology": ("I am sorry|I apologize|we are sorry", "about that|for the wait|for the trouble"),
    "empathy": ("I understand|I can see|I hear", "how you feel|your frustration|why you are upset"),
    "threat": (
        "I will|I am going to",
        "sue you|call my lawyer|contact the regulator|go to court|call the police",
    ),
    "lawyer": ("my lawyer|my attorney|our solicitor", "will|says|has|is going to"),
    "debt": ("you owe|your balance is|the debt is", "*2 dollars|past due|overdue|outstanding"),
    "debt notice": (
        "this is an attempt|this communication is|any information will",
        "to collect a debt|from a debt collector|be used for that purpose",
    ),
    "hardship": (
        "I lost my|I cannot|I am unable to|I can't",
        "job|pay|afford it|make the payment",
    ),
    "plan": ("we can set up|I can offer", "a payment plan|an arrangement|smaller payments"),
    "medical": (
        "you should take|you can stop|I would take|you need",
        "the pills|your medication|two tablets|a higher dose",
    ),
    "symptoms": ("I have|she has|he has", "chest pain|trouble breathing|a high fever|no feeling"),
    "emergency": ("hang up and|please|you should", "dial nine one one|go to the hospital"),
    "transfer": (
        "I will|let me|I am going to",
        "transfer you|put you through|connect you|hand you",
    ),
    "hold": ("may I|can I|let me", "put you on hold|place you on hold|check that for you"),
    "callback": ("we will|someone will|I will", "call you back|ring you back|be in touch"),
    "coverage": (
        "you are|that is|it will be|this is",
        "fully covered|covered for sure|definitely covered|paid in full",
    ),
    "fraud notice": (
        "a false claim|knowingly giving|any fraud",
        "is a crime|false information|will be reported|may be punished",
    ),
    "discount": ("I can give you|we have|take", "a discount|ten percent off|a special price"),
    "upgrade": ("would you like|have you thought about", "an upgrade|the premium plan|a new phone"),
    "survey": ("please stay for|would you take|you will get", "a short survey|the survey|a text"),
    "reading back": (
        "let me repeat|I have you down|so that is|to confirm",
        "that number|your address|that back|the order",
    ),
    "closing": (
        "is there anything else|is there something else|what else",
        "I can do|I can help|you need|we can do",
    ),
    "goodbye": ("have a|enjoy your", "great day|good evening|nice weekend|good one|lovely day"),
    "card": ("the card number|your credit card|the security code|the expiry date", "is|please|on"),
    "swearing": ("what the|that is|oh", "hell|damn thing|crap|bloody thing"),
}


def _phrases(name: str) -> list[str]:
    return [" ".join(pair) for pair in product(*(_split(part) for part in _WORDING[name]))]


def _split(part: str) -> list[str]:
    """At the bars outside brackets."""
    parts, depth = [""], 0
    for char in part:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if char == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return parts


LISTS = {name: _phrases(name) for name in _WORDING}

_LIVE = "call.kind = live AND call.duration >= 20s"
_ABSENT = (
    "agent: {greeting} IN FIRST 30s",
    "agent: {recording} IN FIRST 60s",
    "agent: {own name} IN FIRST 25%",
    "agent: {identity}",
    "agent: {purpose} IN FIRST 6t",
    "agent: {identity} BEFORE/20t agent: {reading back}",
    "agent: {closing} IN LAST 25%",
    "agent: {goodbye} IN LAST 4t",
    "agent: ({empathy} OR {apology})",
    "agent: {reading back} AND customer: (correct OR right OR yes)",
    "agent: {survey} IN LAST 60s",
    'agent: "anything else I can (help|do)" OR agent: {closing}',
)
_FOUND = (
    "agent: {guarantee}",
    "agent: {no risk}",
    "agent: {returns} AND NOT agent: {risk}",
    "agent: {pressure}",
    "agent: {fees} AND NOT agent: {fee amount}",
    "agent: {fee amount} NOT NEAR/30s agent: {fees}",
    "customer: {cancel} AND NOT agent: {cancel help}",
    "customer: {cancel} BEFORE/10t agent: {retention}",
    "COUNT(agent: {retention}) >= 2",
    "customer: {complaint} AND NOT agent: {complaint taken}",
    "COUNT(customer: {complaint}) >= 3",
    "customer: {anger} AND NOT agent: {apology}",
    "customer: {threat} OR customer: {lawyer}",
    "customer: ({threat} NEAR/15 {lawyer})",
    "agent: {debt} AND NOT agent: {debt notice}",
    "agent: {debt} IN FIRST 60s",
    "customer: {hardship} AND NOT agent: {plan}",
    "agent: {medical}",
    "customer: {symptoms} AND NOT agent: {emergency}",
    "COUNT(agent: {transfer}) >= 2",
    "COUNT(agent: {hold}) > 2",
    "agent: {hold} IN LAST 20%",
    "agent: {coverage}",
    "agent: {coverage} NOT NEAR/30 agent: {fraud notice}",
    "agent: {discount} AND NOT agent: {consent}",
    "agent: {upgrade} BEFORE/60s customer: {refusal}",
    "COUNT(agent: {upgrade}) >= 2",
    "agent: {card} AND NOT agent: {recording}",
    "customer: ({card} NEAR/12 (visa OR mastercard OR amex))",
    "agent: {swearing}",
    "customer: {refusal} BEFORE/5t agent: {pressure}",
    'COUNT(agent: "trust me") >= 2',
    "agent: (honestly NEAR/8 guarantee*)",
    "agent: {callback} AND NOT agent: (tomorrow OR today OR hour*)",
    'customer: "how much" BEFORE/30s agent: {pressure}',
    "agent: {consent} BEFORE customer: {refusal}",
)
_OTHER: tuple[dict[str, Any], ...] = (
    {"pii": {"entities": ["us_social_security_number", "phone_number"], "minimum_score": 0.5}},
    {"content_safety": {"labels": ["crime_violence", "hate_speech"], "minimum_confidence": 0.6}},
)


def document() -> dict[str, Any]:
    """The rubric as `reviews.detection.rubric.parse_rubric` takes it."""
    checks: list[tuple[dict[str, Any], str]] = [({"query": text}, "absent") for text in _ABSENT]
    checks += [({"query": text}, "found") for text in _FOUND]
    checks += [(check, "found") for check in _OTHER]
    return {
        "name": "Bench",
        "lists": LISTS,
        "rules": [_rule(at, check, when) for at, (check, when) in enumerate(checks)],
    }


def _rule(at: int, check: dict[str, Any], violation_when: str) -> dict[str, Any]:
    rule = {"code": f"rule_{at:02}", "violation_when": violation_when, "check": check}
    is_query = "query" in check
    return rule | ({"applies_when": _LIVE, "confidence_floor": 0.4} if is_query else {})
