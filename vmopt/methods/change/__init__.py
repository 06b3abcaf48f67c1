"""Change: from where VMs run now to where they should, with no move that is for nothing."""
