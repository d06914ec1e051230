"""From a ranking to an answer: what is quoted, how sure that is, and where it stands."""

import time
from collections.abc import Sequence
from datetime import date

from embeddings.encoder import Encoder
from embeddings.reranker import Reranker
from retrieval.index.index import Index
from retrieval.question import Question
from retrieval.ranking.answer import Answer, CitedPassage, Reason
from retrieval.ranking.confidence import confidence, passage_score
from retrieval.ranking.highlight import Span, best_sentence, read_sentences
from retrieval.ranking.searcher import Hit, ParsedQuery, search, source_line
from retrieval.text.links import link_to

_READ = 5  # paragraphs whose sentences the reranker reads


def ask(
    index: Index,
    encoder: Encoder,
    question: Question,
    *,
    reranker: Reranker | None,
    threshold: float,
    today: date,
) -> Answer:
    """Answer a question from an index. Raises `UnknownNewsroom`.

    ``today`` is what "last March" is reckoned from.
    """
    started = time.perf_counter()
    ranking = search(index, encoder, reranker, question, today)
    certainty = confidence(ranking, len(index.vectors))
    answered = bool(ranking.hits) and certainty >= threshold
    reason = Reason.NOTHING_ANSWERS if ranking.hits else Reason.NOTHING_IN_RANGE
    shown = ranking.hits[: question.limit]
    highlights = _highlights(ranking.parsed, shown, reranker)
    passages = tuple(
        cited(rank, hit, span)
        for rank, (hit, span) in enumerate(zip(shown, highlights, strict=True), start=1)
    )
    return Answer(
        question=question,
        answered=answered,
        reason=None if answered else reason,
        confidence=round(certainty, 4),
        passages=passages,
        generation=index.manifest.generation,
        milliseconds=round((time.perf_counter() - started) * 1000, 1),
        ranking=ranking,
    )


def _highlights(parsed: ParsedQuery, hits: Sequence[Hit], reranker: Reranker | None) -> list[Span]:
    """The sentence to highlight in each hit's paragraph; the reranker looks at the first few."""
    read: list[Span] = []
    if reranker and hits:
        few = [(source_line(hit.candidate.release), hit.paragraph) for hit in hits[:_READ]]
        read = read_sentences(parsed.text, few, reranker)
    return read + [best_sentence(hit.paragraph, parsed.weights) for hit in hits[len(read) :]]


def cited(rank: int, hit: Hit, highlight: Span) -> CitedPassage:
    """A hit as the paragraph that is quoted."""
    release, text = hit.candidate.release, hit.paragraph
    return CitedPassage(
        rank=rank,
        score=round(passage_score(hit), 4),
        text=text,
        highlight=highlight,
        paragraph=hit.candidate.number,
        link=link_to(release.url, text),
        release=release,
        also=tuple(dict.fromkeys(each.release for each in hit.also)),
    )
