"""Balance: VMs change hosts, so that hosts are filled as a level wants them to be."""
