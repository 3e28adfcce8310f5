"""From items and answers to what the Responses API tells."""
