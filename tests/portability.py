"""What a second Python runs with ``TEST_SCOPE=portability``: all where Pythons differ, and every other test once.

Tools of the repository, which nobody installs, are tested with one Python, and so are long comparisons.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ASKED = os.environ.get("TEST_SCOPE") == "portability"
ROOT = Path(__file__).parents[1]
DIFFERS = (
    "tests/backends",  # PuLP 3 and 4, processes, threads
    "tests/cli",  # typer, terminals, encodings
    "tests/formulation",  # files that PuLP reads
    "tests/io",  # numpy, parsers, text
    "tests/model",  # dataclasses, pandas, polars
    "tests/platforms",
    "tests/plotting",  # matplotlib
    "tests/report",
    "tests/signals",
    "tests/summary",
    "tests/test_import.py",
    "tests/test_interruption.py",
    "tests/test_plugins.py",  # entry points
)

TOOLS = ("tests/benchmarks", "benchmarks")
LONG = (
    "tests/bounds/test_certificates.py::test_no_certificate_is_lost_to_steps",
    "tests/change/test_export.py::test_plans_come_back_from_files_as_they_were",
    "tests/change/test_fuzz.py::test_nothing_is_wrong_with_random_clusters",
    "tests/change/test_headroom.py::test_headroom_is_found_by_keeping_room",
    "tests/change/test_room_made.py::test_a_host_that_fails_in_a_full_cluster_moves_few",
    "tests/explain/test_conflict.py::test_conflicts_are_minimal",
    "tests/explain/test_explain.py::test_kinds_under_tiers_are_true",
    "tests/explain/test_medium.py::test_who_is_outbid_by_prices_is_outbid",
    "tests/explain/test_overasked.py::test_what_asks_for_too_much_cannot_stand_together",
    "tests/explain/test_report.py::test_the_report_says_what_single_explanations_say",
    "tests/explain/test_sensitivity.py::test_prices_predict_placements_inside_their_ranges",
    "tests/explain/test_what_if.py::test_changed_data_are_solved_to_the_optimum",
    "tests/goals/test_added.py::test_elastic_vms_take_from_each_other",
    "tests/goals/test_added.py::test_what_is_added_is_the_difference_of_two_values",
    "tests/goals/test_counting.py::test_levels_have_no_value_beside_the_lattice",
    "tests/goals/test_fuzz.py::test_few_hosts_at_a_time_claim_nothing_wrong",
    "tests/goals/test_fuzz.py::test_nothing_is_wrong_with_random_levels",
    "tests/goals/test_fuzz.py::test_searches_of_large_instances_claim_nothing_wrong",
    "tests/goals/test_meaning.py::test_programs_say_what_goals_do",
    "tests/methods/test_column_generation.py::test_enumeration_proves_the_optimum",
    "tests/methods/test_locality.py::test_small_placements_are_optimal",
    "tests/methods/test_moves_under_rules.py::test_penalties_count",
    "tests/properties/test_solve.py::test_every_method_tells_the_truth",
    "tests/rules/test_contradictions_at_random.py::test_most_of_what_is_impossible_is_found",
    "tests/rules/test_fuzz.py::test_methods_are_right_about_clusters_that_run_something",
    "tests/rules/test_host_limits.py::test_many_sizes_under_one_limit_are_proven_at_once",
    "tests/rules/test_joined.py::test_joined_rules_are_broken_where_one_of_them_is",
)
"""Seconds of comparing what is true with what is said: no Python changes that, and shorter tests run the same code."""


def parted(items: list[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """Part tests into those that are run and those that are left: of each function elsewhere the first case is run."""
    run: list[pytest.Item] = []
    left: list[pytest.Item] = []
    seen: set[tuple[Path, str]] = set()
    for item in items:
        function, place = (item.path, item.nodeid.split("[")[0]), item.path.relative_to(ROOT).as_posix()
        matters = place.startswith(DIFFERS)
        once = function not in seen and not place.startswith(TOOLS) and function[1] not in LONG
        (run if matters or once else left).append(item)
        seen.add(function)
    return run, left
