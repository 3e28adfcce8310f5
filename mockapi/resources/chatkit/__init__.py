"""ChatKit: `sessions` and `threads`. `client.beta.chatkit`."""
