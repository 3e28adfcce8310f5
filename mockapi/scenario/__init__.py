"""What the user scripted: scenarios, how a call finds its own, and what it then gets instead of the default."""
