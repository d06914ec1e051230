"""New releases, told by direct message to those who subscribed to them."""
