"""How the cheapest mix is found: the choice of nodes, months alone, and what bounds them."""
