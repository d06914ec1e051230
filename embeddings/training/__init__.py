"""How the reader was trained. Nothing of the product imports this."""
