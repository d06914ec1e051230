"""New releases, announced in the channels that managers have chosen."""
