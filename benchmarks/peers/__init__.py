PREFIX = "peer:"
PEERS = {}
