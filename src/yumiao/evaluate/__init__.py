"""Where facts meet rules: many subjects judged against many policies, as a run that can be made again.

The only place that knows both sides: rules never read a file, and intake never judges.
"""

from yumiao.evaluate.runs import EvaluatedPolicy, Run, evaluate, load_run

__all__ = ["EvaluatedPolicy", "Run", "evaluate", "load_run"]
