"""What holds for every roster and every plan, whatever it looks like."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from modelus_bot.subjects.assignments.rules import Candidate, Term, carry, is_away, modulo

DAY = date(2026, 1, 5)
EXAMPLES = settings(max_examples=200, deadline=None)


@st.composite
def plans(draw: st.DrawFn) -> list[Term]:
    """Return terms one after another, some with gaps."""
    terms, start = [], DAY
    for number in range(draw(st.integers(1, 20))):
        start += timedelta(days=draw(st.integers(0, 3)))
        end = start + timedelta(days=draw(st.integers(1, 20)))
        terms.append(Term(number + 1, number, start, end))
        start = end
    return terms


@st.composite
def rosters(draw: st.DrawFn, *, away: bool = True, smallest: int = 0) -> list[Candidate]:
    """Return people at places of their own, in any order, some of them away."""
    places = draw(st.lists(st.integers(1, 50), unique=True, min_size=smallest, max_size=8))
    people = []
    for place in places:
        first = last = None
        if away and draw(st.booleans()):
            first = DAY + timedelta(days=draw(st.integers(0, 200)))
            days = draw(st.none() | st.integers(0, 100))
            last = first + timedelta(days=days) if days is not None else None
        people.append(Candidate(1000 + place, place, first, last))
    return people


turns = st.none() | st.integers(0, 60)


def after(people: list[Candidate], position: int | None) -> list[Candidate]:
    """Return people in the order of their next turns."""
    ordered = sorted(people, key=lambda person: person.position)
    later = [person for person in ordered if position is None or person.position > position]
    return [*later, *(person for person in ordered if person not in later)]


@EXAMPLES
@given(rosters(), plans(), turns)
def test_nobody_is_on_duty_while_away(people: list[Candidate], terms: list[Term], turn: int | None) -> None:
    """And a term is empty only when everybody is away."""
    by_id = {person.user_id: person for person in people}
    holders = carry(people, terms, turn)
    assert list(holders) == [term.sprint_id for term in terms]
    for term in terms:
        holder = holders[term.sprint_id]
        if holder is None:
            assert all(is_away(person, term) for person in people)
        else:
            assert not is_away(by_id[holder], term)


@EXAMPLES
@given(rosters(), plans(), turns)
def test_each_holder_is_the_next_available_one(
    people: list[Candidate], terms: list[Term], turn: int | None
) -> None:
    """Between two holders in a row only people who are away are passed over."""
    by_id = {person.user_id: person for person in people}
    position = turn
    for term in terms:
        holder = carry(people, terms, turn)[term.sprint_id]
        if holder is None:
            continue
        following = after(people, position)
        passed = following[: following.index(by_id[holder])]
        assert all(is_away(person, term) for person in passed)
        position = by_id[holder].position


@EXAMPLES
@given(rosters(away=False, smallest=1), plans(), turns)
def test_turns_are_shared_fairly(people: list[Candidate], terms: list[Term], turn: int | None) -> None:
    """With nobody away, no two people differ by more than one turn, in any stretch of the plan."""
    holders = list(carry(people, terms, turn).values())
    for first in range(len(holders)):
        counts = Counter({person.user_id: 0 for person in people})
        counts.update(holder for holder in holders[first:] if holder is not None)
        assert max(counts.values()) - min(counts.values()) <= 1


@EXAMPLES
@given(rosters(away=False, smallest=2), plans(), turns, st.data())
def test_removing_somebody_keeps_the_order_of_the_others(
    people: list[Candidate], terms: list[Term], turn: int | None, data: st.DataObject
) -> None:
    """The first turn stays with whoever has it, unless they are the one; then it is the next person's."""
    gone = data.draw(st.sampled_from(people))
    rest = [person for person in people if person != gone]
    before, now = list(carry(people, terms, turn).values()), list(carry(rest, terms, turn).values())
    order = [person.user_id for person in after(people, turn) if person != gone]
    assert now == [order[number % len(order)] for number in range(len(terms))]
    if before[0] != gone.user_id:
        assert now[0] == before[0]


@EXAMPLES
@given(rosters(), plans(), turns, st.integers(0, 20))
def test_a_plan_goes_on_where_a_part_of_it_ended(
    people: list[Candidate], terms: list[Term], turn: int | None, cut: int
) -> None:
    """Planning in two parts, as time passes, gives what planning at once gave."""
    whole = carry(people, terms, turn)
    first = carry(people, terms[:cut], turn)
    positions = {person.user_id: person.position for person in people}
    last = next((positions[holder] for holder in reversed(first.values()) if holder is not None), turn)
    assert first | carry(people, terms[cut:], last) == whole


@EXAMPLES
@given(rosters(), plans(), turns, st.integers(2, 9))
def test_only_the_order_of_places_counts(
    people: list[Candidate], terms: list[Term], turn: int | None, factor: int
) -> None:
    """Numbering the places anew changes nobody's turn."""
    wider = [
        Candidate(person.user_id, person.position * factor, person.away_from, person.away_to)
        for person in reversed(people)
    ]
    assert carry(wider, terms, None if turn is None else turn * factor) == carry(people, terms, turn)


@EXAMPLES
@given(rosters(smallest=1), plans(), st.integers(0, 20))
def test_modulo_depends_on_the_number_alone(people: list[Candidate], terms: list[Term], cut: int) -> None:
    """Each term is filled the same whether or not others are planned with it."""
    assert modulo(people, terms[:cut]) | modulo(people, terms[cut:]) == modulo(people, terms)
