"""The administration of an organization, all alike: what is kept, who belongs to what, what was used. `client.admin.organization`."""
