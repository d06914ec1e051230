"""What the bot keeps about a person, deleted by that person."""
