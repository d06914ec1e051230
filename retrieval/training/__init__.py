"""The training pipeline of the models and of the weights. The product imports none of it."""
