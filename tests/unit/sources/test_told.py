"""What is told of a call beside its document."""

from reviews.detection.transcript import CallFacts, Direction, Role
from reviews.sources.normal import CallMetadata
from reviews.sources.roles import Named
from reviews.sources.told import Told, named_by, with_told
from tests.unit.sources.files.written import DEEPGRAM, POST_CALL, VCON, read


def test_what_is_told_goes_before_what_the_document_says() -> None:
    facts = CallFacts(direction=Direction.OUTBOUND, queue="cards")
    call = with_told(read(VCON), Told(metadata=CallMetadata(facts, agent="bob")))
    assert call.transcript.facts.direction is Direction.OUTBOUND
    assert call.transcript.facts.queue == "cards"
    assert call.metadata.agent == "bob"


def test_what_is_not_told_stays_as_the_document_says() -> None:
    call = read(POST_CALL)
    assert with_told(call, Told()) == call


def test_labels_that_are_named_give_the_roles() -> None:
    call = named_by(read(DEEPGRAM), Named(agent="1", by="the import"))
    assert call.transcript.roles == (Role.CUSTOMER, Role.AGENT)
    assert call.roles_how == "labels named by the import"


def test_a_label_that_the_call_lacks_is_named() -> None:
    told = Told(metadata=CallMetadata(CallFacts(), agent_speaker="9"))
    call = with_told(read(DEEPGRAM), told)
    assert set(call.transcript.roles) == {Role.UNKNOWN}
    assert call.warnings == ("agent_speaker",)


def test_the_digest_tells_whether_the_same_was_told() -> None:
    one, other = Told(team="North"), Told(team="South")
    assert Told().digest == ""
    assert one.digest == Told(team="North").digest != other.digest
