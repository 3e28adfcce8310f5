"""Recording what an API really answers, and answering it again without one.

`tapes.read` yields the exchanges of a tape; `record` writes them, `replay` answers from them, `imported` makes them of other recordings.
"""
