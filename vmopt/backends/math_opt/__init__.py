"""HiGHS, SCIP, GLOP and PDLP, through MathOpt of OR-Tools."""
