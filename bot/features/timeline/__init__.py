"""When releases about a topic were published."""
