"""All weights of the ranking and of the decision to answer, by the name of what they weigh.

They are printed by ``python -m retrieval.training.fit_ranking`` and ``fit_confidence``; see
docs/retrieval.md for what they were fitted on.
"""

from collections.abc import Mapping

COSINE = 0.6
"""Weight of the cosine when it is averaged with BM25 for the initial score."""

RELEASE = 1.0
"""Weight of a release's best row in the initial score of its other rows."""

FIRST_STAGE: Mapping[str, float] = {
    "cosine": 18.0155,
    "bm25": 6.2112,
    "release": 13.5822,
    "beyond": 3.2586,
    "number": 0.8543,
    "quotation": 0.4799,
    "speaker": 0.7355,
    "named": 1.7153,
    "dated": 1.9412,
    "recency": 3.0000,
    "cited": 2.0000,
}
"""Weights of the features for choosing what to rerank, and for ranking without a reranker."""

RERANKED: Mapping[str, float] = {
    "cosine": 5.1013,
    "bm25": 6.0000,
    "release": 12.0078,
    "beyond": 1.2387,
    "number": 0.0326,
    "quotation": 0.6586,
    "speaker": 0.4531,
    "named": 1.4327,
    "dated": 1.1454,
    "recency": 3.0000,
    "cited": 2.0085,
    "reranker": 0.7540,
    "answers": 0.0000,
}
"""Of the same features and the reranker's score."""

CONFIDENCE: Mapping[str, float] = {
    "bias": -0.5000,
    "score": 0.2000,
    "answers": 0.6000,
    "any": 0.3000,
    "found": 0.1000,
    "agreement": 0.0000,
    "lead": 0.0000,
    "passages": 0.0000,
    "covered": 0.0000,
    "within": 0.0000,
    "cosine": 0.0000,
    "bm25": 0.0000,
    "beyond": 0.0000,
    "number": 0.0000,
    "quotation": 0.0000,
    "speaker": 0.0000,
}
"""Of `retrieval.ranking.confidence.SIGNALS`, where a reader tells what answers."""

CONFIDENCE_UNREAD: Mapping[str, float] = {
    "bias": -7.4130,
    "score": 0.0000,
    "answers": 0.0000,
    "any": 0.0000,
    "found": 0.0000,
    "agreement": 0.0000,
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
}
"""The same where none does."""

THRESHOLD = 0.20
"""The confidence that nine of ten answerable questions reach over two thousand releases."""

NEAR_THRESHOLD = 0.03
"""The confidence from which passages that do not answer are near enough to be shown."""

PASSAGE = (-3.0, 0.1, 0.6)
"""Bias, and slopes of a passage's score and of the logit that it answers: its probability."""

PASSAGE_UNREAD = (-10.4175, 0.3395)
"""Bias and slope of its score, where no reader tells what answers."""

SOURCE_THRESHOLD, SOURCE_THRESHOLD_UNRERANKED = 0.25, 0.075
"""That probability, with a reranker and without, from which a passage says what a message says.

Of sentences of other newsrooms two in a hundred come so near (docs/retrieval.md).
"""
