"""Test sets: named families of instances, generated or read from a data folder; one file a family."""

from benchmarks.sets import (
    alibaba_gpu,
    anytime,
    bins,
    cloud_balancing,
    cloud_costs,
    generated,
    gpus,
    huawei,
    kmkp,
    knapsacks,
    or_library,
    reassignment,
    roadef,
    rules,
    vector_packing,
)
from benchmarks.sets.base import Case, TestSet
from benchmarks.sets.data import data_folder

SETS: dict[str, TestSet] = {
    test_set.name: test_set
    for test_set in (
        generated.GENERATED,
        generated.SCALE,
        generated.GROWTH,
        generated.PLAIN,
        anytime.SET,
        rules.SET,
        rules.PLAIN,
        alibaba_gpu.SET,
        alibaba_gpu.PARTS,
        gpus.SET,
        huawei.SET,
        huawei.RULES,
        huawei.NUMA,
        roadef.SET,
        roadef.RULES,
        reassignment.SET,
        cloud_balancing.SET,
        cloud_costs.SET,
        kmkp.SET,
        knapsacks.SET,
        vector_packing.SET,
        bins.SET,
        or_library.SET,
    )
}

__all__ = ["SETS", "Case", "TestSet", "data_folder"]
