"""Where a text comes from: the releases that say what a message says.

It is searched for as a whole and, where it has several sentences, by its longest ones. What shares
a long run of words with it comes first; the rest is in the order of the search. docs/retrieval.md
has how often that is right.
"""

import re
import time
from dataclasses import dataclass, replace

from embeddings.encoder import Encoder
from embeddings.reranker import Reranker
from retrieval.index.index import Index
from retrieval.index.vocabulary import SpellingCorrection
from retrieval.query.understanding import QuestionHints
from retrieval.question import Question
from retrieval.ranking.answer import CitedPassage
from retrieval.ranking.answering import cited
from retrieval.ranking.confidence import passage_score
from retrieval.ranking.highlight import Span, best_sentence
from retrieval.ranking.searcher import Hit, ParsedQuery, distinct, weighed
from retrieval.release import Filter
from retrieval.text.overlap import OverlapMatcher, WordRun
from retrieval.text.sentences import sentence_spans
from retrieval.text.tokens import terms, words

_SENTENCES = 4  # of a message that are searched for on their own
_SEARCHED = 8  # words from which a sentence says something of its own
_TELLING = 10  # words in one run that are no set phrase, nor a committee's name
_SHOWN = 6  # words in one run that are shown as the same
_SHORT = 3  # words that are, if they are the whole message


@dataclass(frozen=True, slots=True)
class Trace:
    """The passages that say what a message says, best first.

    Where ``found`` is false they are only the nearest ones. In each, ``highlight`` is the sentence
    that says it, and ``same_words`` the run of words that it has in common with the message.
    """

    found: bool
    passages: tuple[CitedPassage, ...]
    generation: str
    milliseconds: float


def trace(
    index: Index,
    encoder: Encoder,
    text: str,
    *,
    reranker: Reranker | None,
    threshold: float,
    limit: int = 5,
) -> Trace:
    """Find where a message comes from.

    It is taken as it stands: its dates, names and quotations neither filter nor prefer anything.
    Raises `BadQuestion` where no words are left without its markup, or where it is too long.
    """
    started = time.perf_counter()
    message = plain(text)
    whole = _understood(index, message)
    hits = [
        hit
        for each in (whole, *(_understood(index, part) for part in _longest_sentences(message)))
        for hit in weighed(index, encoder, reranker, each, {})
    ]
    shared = OverlapMatcher(message)
    runs = {text: shared.longest_in(text) for text in {hit.paragraph for hit in hits}}

    def telling(hit: Hit) -> int:
        """The length of its run, 0 where that may be a coincidence."""
        words = runs[hit.paragraph].words
        return words if words >= _TELLING or words == shared.words >= _SHOWN else 0

    hits.sort(key=lambda hit: (telling(hit), hit.total), reverse=True)
    shown = distinct(hits)[:limit]
    return Trace(
        found=any(telling(hit) or passage_score(hit) >= threshold for hit in shown[:1]),
        passages=tuple(
            _traced(rank, hit, whole, runs[hit.paragraph], shared.words)
            for rank, hit in enumerate(shown, start=1)
        ),
        generation=index.manifest.generation,
        milliseconds=round((time.perf_counter() - started) * 1000, 1),
    )


def _understood(index: Index, text: str) -> ParsedQuery:
    """A text as it stands, for the search: nothing is read out of it or mended."""
    return ParsedQuery(
        question=Question(text),
        text=text,
        repair=SpellingCorrection(text),
        reading=QuestionHints(),
        filter=Filter(),
        weights={term: index.bm25.idf(term) for term in terms(text)},
    )


def _longest_sentences(message: str) -> list[str]:
    """The longest sentences of a message that has several; short ones could be anybody's."""
    sentences = [
        line[slice(*span)] for line in message.splitlines() for span in sentence_spans(line)
    ]
    lengths = {each: len(words(each)) for each in sentences if each != message}
    long = [each for each in lengths if lengths[each] >= _SEARCHED]
    return sorted(long, key=lengths.__getitem__, reverse=True)[:_SENTENCES]


def _traced(rank: int, hit: Hit, whole: ParsedQuery, run: WordRun, said: int) -> CitedPassage:
    """A passage with what it shares with a message of so many words."""
    text = hit.paragraph
    same = run.words >= _SHOWN or _SHORT <= run.words == said
    span = _sentence_of(text, run) if same else best_sentence(text, whole.weights)
    return replace(cited(rank, hit, span), same_words=text[run.start : run.end] if same else "")


def _sentence_of(text: str, run: WordRun) -> Span:
    """The sentence that holds most of a run."""
    return max(
        sentence_spans(text),
        key=lambda span: min(span[1], run.end) - max(span[0], run.start),
    )


_LINK = re.compile(r"\[([^][\n]*)\]\(<?https?://[^\s)]*\)")  # the words stay, the address goes
_MARKUP = re.compile(
    r"<(?:@[!&]?|#)\d+>"  # whom and where it mentions
    r"|<a?:\w+:\d+>|<t:-?\d+(?::\w)?>|</[^<>:]+:\d+>"  # emoji, times, commands
    r"|<?https?://[^\s<>]+>?"
    r"|^(?:[ \t]*(?:>>>|>|-?#{1,3})[ \t]+)+"  # quotations and headings
    r"|\*+|~~|\|\||`+|\b__|__\b",  # emphasis
    re.MULTILINE | re.IGNORECASE,
)


def plain(message: str) -> str:
    """The words of a message, line by line, as they would be read aloud."""
    lines = _MARKUP.sub(" ", _LINK.sub(r"\1", message)).splitlines()
    return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))
