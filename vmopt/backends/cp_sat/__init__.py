"""CP-SAT, OR-Tools' constraint solver."""
