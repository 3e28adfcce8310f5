"""The verdict on a client: what it did wrong with what it was told, each with the calls that show it; and what is odd about each call."""

from mockapi.verdict.findings import findings
from mockapi.verdict.rules import Row, Shown, judge
from mockapi.verdict.told import told

__all__ = ["Row", "Shown", "findings", "judge", "told"]
