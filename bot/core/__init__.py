"""What the features share: actions, errors, components, sending."""
