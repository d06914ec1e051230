"""How likely it is that the best passage answers: a logistic rule on three pieces of evidence.

The weights are fitted by ``python -m tests.benchmarks.fit_confidence`` on questions whose answer is
known, on the same questions asked of an archive that lacks the release, and on questions about
other subjects, over archives of one to two thousand releases. The size counts because among more
passages the nearest one is nearer by chance.
"""

import math

_BIAS = -8.33
_COSINE = 24.60
_COVERAGE = 5.84
_LOG_PASSAGES = -0.65

# What nine of ten answerable questions reach over two thousand releases.
THRESHOLD = 0.24


def confidence(cosine: float, coverage: float, passages: int) -> float:
    """The probability, in 0..1, that the best passage answers a question.

    ``cosine`` is that of question and passage; ``coverage`` is the share, in 0..1, of the
    question's terms, weighted by inverse document frequency, that passage and title hold;
    ``passages`` is how many were searched.
    """
    evidence = _COSINE * cosine + _COVERAGE * coverage + _LOG_PASSAGES * math.log(max(passages, 1))
    return 1 / (1 + math.exp(-(_BIAS + evidence)))
