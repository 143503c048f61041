"""One file per aspect: the request that carries out each of its actions, and how its fields are read from the wire."""
