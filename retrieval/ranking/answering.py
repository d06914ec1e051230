"""From a ranking to an answer: what is quoted, how confident that is, and where it stands."""

from collections.abc import Sequence
from dataclasses import replace

from embeddings.reranker import Reranker
from retrieval.query.understanding import ParsedQuery
from retrieval.ranking.answer import Answer, CitedPassage, Reason
from retrieval.ranking.candidates import source_line
from retrieval.ranking.confidence import confidence, passage_score
from retrieval.ranking.full_release import FullRelease
from retrieval.ranking.highlight import (
    Span,
    answering_words,
    best_sentence,
    likeliest_sentence,
    reranked_sentence,
)
from retrieval.ranking.hits import Hit, Ranking
from retrieval.ranking.weights import NEAR_THRESHOLD
from retrieval.text.tokens import terms

_RERANKED = 5  # paragraphs whose sentences are read one by one where the answer's place is unsure
_MAX_ASKED = 400  # characters of a question beside which that is not too slow
_SURE = 0.7  # probability of a sentence from which it is not


def answer_from(
    ranking: Ranking,
    *,
    reranker: Reranker | None,
    threshold: float,
    generation: str,
    passages: int,
) -> Answer:
    """The answer that a ranking gives, its ``milliseconds`` still 0.

    Below ``threshold`` the hits are only the closest passages; below `NEAR_THRESHOLD` as well they
    are about something else, and none is cited. Nor is any for a question without a content word.

    Args:
        ranking: the hits for the question.
        reranker: what read the hits; without one the terms choose the sentences to highlight.
        threshold: the confidence, 0 to 1, from which the hits count as an answer.
        generation: the name of the generation that was searched.
        passages: how many passages it has.
    """
    found = confidence(ranking, passages)
    reason = _reason(ranking, found, threshold)
    cited = reason in (None, Reason.NEAR)
    shown = ranking.hits[: ranking.query.question.limit] if cited else ()
    spans = _highlights(ranking.query, shown, reranker)
    return Answer(
        question=ranking.query.question,
        answered=reason is None,
        reason=reason,
        confidence=round(found, 4),
        passages=tuple(
            cite(rank, hit, span, _words(hit, span) if reason is None else None)
            for rank, (hit, span) in enumerate(zip(shown, spans, strict=True), start=1)
        ),
        generation=generation,
        ranking=ranking,
    )


def cite(rank: int, hit: Hit, highlight: Span, words: Span | None = None) -> CitedPassage:
    """A hit as the paragraph that is quoted, with its source."""
    body, number = hit.candidate.body, hit.candidate.number
    release = FullRelease(hit.candidate.release, body.paragraphs, body.places)
    return CitedPassage(
        rank=rank,
        score=round(passage_score(hit), 4),
        text=hit.paragraph,
        highlight=highlight,
        paragraph=number,
        place=release.place(number),
        link=release.link(number),
        release=release.info,
        words=words,
        also=tuple(dict.fromkeys(each.release for each in hit.also)),
        lead_in=release.lead_in(number),
        items=release.items(number),
    )


def _reason(ranking: Ranking, found: float, threshold: float) -> Reason | None:
    """Why a ranking of this confidence does not answer; None if it does."""
    if not ranking.hits:
        return Reason.PHRASE_NOT_FOUND if ranking.query.phrases else Reason.NOTHING_IN_RANGE
    if found >= threshold:
        return None
    # "And why?" alone has no subject that a passage could come near to.
    is_near = found >= NEAR_THRESHOLD and bool(terms(ranking.query.text))
    return Reason.NEAR if is_near else Reason.NOTHING_ANSWERS


def _highlights(query: ParsedQuery, hits: Sequence[Hit], reranker: Reranker | None) -> list[Span]:
    """The sentence to highlight in each hit's paragraph."""
    read = _RERANKED if len(query.text) <= _MAX_ASKED else 0
    return [_highlight(query, hit, reranker if at < read else None) for at, hit in enumerate(hits)]


def _highlight(query: ParsedQuery, hit: Hit, reranker: Reranker | None) -> Span:
    """The sentence where the reader is sure of the answer; else the best one, read or by terms."""
    if hit.reading is None:
        return best_sentence(hit.paragraph, query.idf)
    before = hit.candidate.passage.start
    where = ((before + at, share) for at, share in hit.reading.where)
    sentence, share = likeliest_sentence(hit.paragraph, where)
    if share >= _SURE or (reranker is None and hit.reading.where):
        return sentence
    if reranker:
        source = source_line(hit.candidate.release)
        return reranked_sentence(query.text, source, hit.paragraph, reranker)
    return best_sentence(hit.paragraph, query.idf)


def _words(hit: Hit, sentence: Span) -> Span | None:
    """The words of a sentence of the hit's paragraph that answer, where the reader is sure."""
    if hit.reading is None or hit.reading.span is None:
        return None
    span, before = hit.reading.span, hit.candidate.passage.start
    placed = replace(span, start=before + span.start, end=before + span.end)
    return answering_words(hit.paragraph, placed, sentence)
