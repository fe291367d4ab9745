"""Random plans of failing disk calls over every file the bot keeps: nothing acknowledged is ever lost.

``MODELUS_PLANS=17,93-120`` runs the plans of these seeds. Each plan runs a bot among callers, lets calls
fail, ends it in order or by a kill, starts anew without faults, and looks at everything.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.faults.plan_runs import Field
from tests.faults.planning import chosen_seeds, plan_of

SEEDS = chosen_seeds(8, 1_000)
CHUNK = 100
"""Plans in one test."""
CHUNKS = [SEEDS[first : first + CHUNK] for first in range(0, len(SEEDS), CHUNK)]


@pytest.mark.fault
@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seeds", CHUNKS, ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
def test_no_plan_costs_a_change(field: Field, seeds: list[int]) -> None:
    """Whatever fails: every acknowledged change is there once and whole, and the bot starts by itself."""
    outcomes = []
    failed = []
    kinds: Counter[str] = Counter()
    for outcome in field.play_all([plan_of(seed) for seed in seeds]):
        outcomes.append(outcome)
        problems = outcome.problems()
        print(outcome, *(f"  * {problem}" for problem in problems), sep="\n", flush=True)
        kinds.update(problem.partition(":")[0] for problem in problems)
        if problems:
            failed.append("\n".join([str(outcome), *(f"  * {problem}" for problem in problems)]))
    in_vain = [outcome.plan.name for outcome in outcomes if not outcome.hits]
    hits = sum(len(outcome.hits) for outcome in outcomes)
    shown = len(outcomes) - len(in_vain)
    print(f"{shown} of {len(outcomes)} plans hit {hits} calls; in vain: {', '.join(in_vain)}; {dict(kinds)}")
    assert not failed, "\n".join([f"{len(failed)} of {shown} plans: {dict(kinds)}", *failed])
    assert shown >= len(outcomes) // 2, "too many plans hit nothing"
