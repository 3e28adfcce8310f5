"""The administration of an organization: what a client may send, and what it gets back. Source: the official OpenAPI document."""
