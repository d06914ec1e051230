"""All weights of the ranking and of the decision to answer, in one place.

They are printed by ``python -m retrieval.training.fit_ranking`` and ``fit_confidence``; see
docs/retrieval.md for what they were fitted on.
"""

COSINE = 0.6
"""Of the cosine in the mean of cosine and BM25: the first guess."""

RELEASE = 1.0
"""Of the best row of a release in the first guess for its other rows."""

EVIDENCE = (
    12.9709,  # cosine
    6.7137,  # bm25
    18.9832,  # release
    3.9271,  # beyond
    0.4463,  # length
    1.4491,  # number
    0.6296,  # time
    0.5674,  # quotation
    0.4132,  # reason
    0.8759,  # speaker
    2.8184,  # named
    1.9983,  # dated
    3.0000,  # recency
    1.4718,  # cited
    -0.5175,  # repeats
)
"""Of `retrieval.ranking.features.FEATURES` where there is no reranker, and to choose what it
reads.
"""

EVIDENCE_READ = (
    5.0623,  # cosine
    6.0000,  # bm25
    11.3493,  # release
    1.5720,  # beyond
    0.0920,  # length
    -0.0230,  # number
    0.2419,  # time
    0.6212,  # quotation
    -0.6414,  # reason
    0.5621,  # speaker
    1.5837,  # named
    1.0798,  # dated
    3.0000,  # recency
    0.0000,  # cited
    -0.1351,  # repeats
)
"""Of the same where the reranker has read."""

RERANKER = 0.7463
"""Of the reranker's score beside those."""

CONFIDENCE = {
    "bias": -6.1473,
    "reranker": 0.3141,
    "any": -0.0199,
    "lead": 0.4202,
    "passages": -0.1048,
    "covered": 4.3668,
    "within": 3.8286,
    "cosine": 3.9736,
    "bm25": -2.4263,
    "beyond": -4.1658,
    "number": -0.4226,
    "quotation": 0.2975,
    "speaker": 0.2177,
    "named": 0.9432,
}
"""Of `retrieval.ranking.confidence.SIGNALS`, with the reranker."""

CONFIDENCE_UNREAD = {
    "bias": -7.4130,
    "reranker": 0.0000,
    "any": 0.0000,
    "lead": 0.4986,
    "passages": -0.0773,
    "covered": 7.0732,
    "within": 4.3191,
    "cosine": 4.9773,
    "bm25": -7.3924,
    "beyond": -3.4725,
    "number": 0.4115,
    "quotation": 0.2601,
    "speaker": 0.0165,
    "named": 1.0631,
}
"""The same without one."""

THRESHOLD = 0.20
"""What nine of ten answerable questions reach over two thousand releases."""

PASSAGE = (-8.7401, 0.5131)
PASSAGE_UNREAD = (-10.4175, 0.3395)
"""Bias and slope that turn a passage's total into a probability, with the reranker and without."""

TRACED, TRACED_UNREAD = 0.25, 0.075
"""That probability, with the reranker and without, from which a passage says what a message says.

Of sentences of other newsrooms two in a hundred come so near (docs/retrieval.md).
"""
