"""What construction and improvement of placements share: counted placements, losses, moves and sub-problems."""
