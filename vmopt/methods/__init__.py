"""Methods: Instance to Solution.

A method takes a `Search`, offers it placements and tightens its bound. Where to look:

- who there is, and what each can do: `registry`, `info`; `auto` runs what pays, in turn
- a call from its begin to its end: `start`, `call`, `search`, `watched`, `history`, `outcome`, `after_search`
- placing one VM after the other: `greedy`, `greedy_spread`, with `first_fit` and `free_capacity`
- placing all of them at once by prices: `price_guided`, `quota_guided`
- improving what there is: `neighbourhood`, from the steps in `packing`; `tabu`, `narrow` and `resume` where these pay
- column generation: `column_generation`, from what is in `patterns`
- the program, or a part of it, on a backend: `exact`, `exact_parameters`, `backend_run`, `program_part`, `settle`
- bounds by prices: `relaxation`, `dual_prices`, `knapsack_bound`
- instances with more than a method knows: `adapted`, `inner_search`; rules in `ruled`, elastic VMs in `elastic`
- more than one aim: priorities level by level in `tiers`, goals in `goals`, latency in `locality`, moves in `change`,
  and in `ties` what decides among placements that are as good
- mending and judging placements: `repair`, `successors`, `imported`, `contradiction`, `worth_tally`, `faults`
"""

from vmopt.methods.registry import methods

__all__ = ["methods"]
