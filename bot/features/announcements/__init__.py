"""New releases, announced in the channels that managers choose."""
