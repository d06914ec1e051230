"""What the features share: actions, components, errors, replies, limits."""
