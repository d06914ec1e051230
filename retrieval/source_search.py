"""The source of a message: the releases that say what it says.

The message is searched for as a whole and, if it has several sentences, by its longest ones.
Passages that share a long run of words with it come first, the others in the order of the ranking.
docs/retrieval.md says how often that is right.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from retrieval.query.understanding import literal_query
from retrieval.ranking.answer import CitedPassage
from retrieval.ranking.answering import cite
from retrieval.ranking.confidence import passage_score
from retrieval.ranking.highlight import Span, best_sentence
from retrieval.ranking.hits import Hit, distinct
from retrieval.ranking.rounds import READ
from retrieval.ranking.searcher import Searcher
from retrieval.ranking.weights import SOURCE_THRESHOLD, SOURCE_THRESHOLD_UNRERANKED
from retrieval.text.overlap import OverlapMatcher, WordRun
from retrieval.text.sentences import sentence_spans
from retrieval.text.tokens import words

_SENTENCES = 4  # of a message that are searched for on their own
_SENTENCE_WORDS = 8  # a shorter sentence could be anybody's
_DISTINCTIVE_RUN = 10  # words: a shorter run may be a set phrase or the name of a committee
_SHOWN_RUN = 6  # words in one run that are shown as the same
_WHOLE_RUN = 3  # words that are, if they are the whole message


@dataclass(frozen=True, slots=True)
class SourceResult:
    """The passages that say what a message says, best first.

    If ``found`` is false they are only the nearest ones. In each, ``highlight`` is the sentence
    that says it, and ``same_words`` the run of words shared with the message.
    """

    found: bool
    passages: tuple[CitedPassage, ...]
    generation: str
    milliseconds: float


def find_source(searcher: Searcher, text: str, *, limit: int = 5) -> SourceResult:
    """Find the releases that a message quotes or paraphrases.

    The message is taken literally: its dates, names and quotation marks neither filter nor prefer
    anything.

    Raises:
        BadQuestion: if no words are left without its markup, or if it is too long.
    """
    started = time.perf_counter()
    message = plain_text(text)
    queries = [literal_query(each, searcher.index) for each in (message, *_sentences(message))]
    hits = [hit for query in queries for hit in searcher.rank(query, searcher.retrieve(query))]
    matcher = OverlapMatcher(message)
    runs = {each: matcher.longest_in(each) for each in {hit.paragraph for hit in hits}}

    def distinctive_run(hit: Hit) -> int:
        """The length of its run in words; 0 if that may be a coincidence."""
        length = runs[hit.paragraph].words
        return length if length >= _DISTINCTIVE_RUN or length == matcher.words >= _SHOWN_RUN else 0

    hits.sort(key=lambda hit: (distinctive_run(hit), hit.score), reverse=True)
    shown = distinct(hits, READ)[:limit]
    threshold = SOURCE_THRESHOLD if searcher.reranker else SOURCE_THRESHOLD_UNRERANKED
    return SourceResult(
        found=any(distinctive_run(hit) or passage_score(hit) >= threshold for hit in shown[:1]),
        passages=tuple(
            _cite(rank, hit, runs[hit.paragraph], matcher.words, queries[0].idf)
            for rank, hit in enumerate(shown, start=1)
        ),
        generation=searcher.index.manifest.generation,
        milliseconds=round((time.perf_counter() - started) * 1000, 1),
    )


def _sentences(message: str) -> list[str]:
    """The longest sentences of a message that has several."""
    sentences = [
        line[slice(*span)] for line in message.splitlines() for span in sentence_spans(line)
    ]
    lengths = {each: len(words(each)) for each in sentences if each != message}
    long = [each for each in lengths if lengths[each] >= _SENTENCE_WORDS]
    return sorted(long, key=lengths.__getitem__, reverse=True)[:_SENTENCES]


def _cite(
    rank: int, hit: Hit, run: WordRun, message_words: int, idf: Mapping[str, float]
) -> CitedPassage:
    """A hit with the run of words that it shares with a message of ``message_words``."""
    text = hit.paragraph
    same = run.words >= _SHOWN_RUN or _WHOLE_RUN <= run.words == message_words
    span = _sentence_with(text, run) if same else best_sentence(text, idf)
    return replace(cite(rank, hit, span), same_words=text[run.start : run.end] if same else "")


def _sentence_with(text: str, run: WordRun) -> Span:
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


def plain_text(message: str) -> str:
    """The words of a chat message, line by line, without mentions, emoji, addresses and markup."""
    lines = _MARKUP.sub(" ", _LINK.sub(r"\1", message)).splitlines()
    return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))
