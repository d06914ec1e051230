"""The training pipeline of the reranker and of the weights. The product imports none of it."""
