"""How the reranker was trained. Nothing of the product imports this."""
