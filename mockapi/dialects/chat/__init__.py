"""Chat completions: `read` takes a request into a prompt, `write` puts answers on the wire."""
