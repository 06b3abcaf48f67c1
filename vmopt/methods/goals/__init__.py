"""Goals beyond utilisation: one level after the other, each holding what those above have reached."""
