"""What the documents say is what the product does."""
