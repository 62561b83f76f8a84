"""What people decide: what may be decided, what stands, what to ask, and who comes next. Values in, values out."""

from verifier.decisions.asking import prefilled
from verifier.decisions.deciding import Wish, decide, payable, report_name, undo
from verifier.decisions.queue import Turn, Waiting, order, turn
from verifier.decisions.standing import Standing, standing

__all__ = [
    "Standing",
    "Turn",
    "Waiting",
    "Wish",
    "decide",
    "order",
    "payable",
    "prefilled",
    "report_name",
    "standing",
    "turn",
    "undo",
]
