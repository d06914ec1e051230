"""How the weights of the ranking were fitted. Nothing of the product imports this."""
