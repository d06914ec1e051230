"""What the time in a question is the time of: a publication, a statement, an event, or neither."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from retrieval.query.time_vocabulary import TimeVocabulary
from retrieval.text.tokens import folded

_FLAGS = re.IGNORECASE | re.ASCII
_MAX_KEYWORDS = 8  # words of a query that is no question: "crypto 2025"


@dataclass(frozen=True)
class RoleWords:
    """The words of a language that tell the role of a time, as patterns.

    Attributes:
        heading: how a question begins that asks for publications: "statements about …".
        act: what somebody says or does by publishing it.
        act_directly_before: the same, at the end of the text before the time.
        clause: the beginning of a clause that may have a time of its own.
        measures: asks for a number.
        past: a verb in the past.
        participle: one at the end of the text before the time: "the hearing held last week".
        future: a word for something planned, expected or due.
        asks: a word that only a question or a request has, not a few key words.
    """

    heading: re.Pattern[str]
    act: re.Pattern[str]
    act_directly_before: re.Pattern[str]
    clause: re.Pattern[str]
    measures: re.Pattern[str]
    past: re.Pattern[str]
    participle: re.Pattern[str]
    future: re.Pattern[str]
    asks: re.Pattern[str]


def _english() -> RoleWords:
    past_acts = (
        r"(?<!was )(?<!were )(?<!been )(?<!being )(?:said|told|announced|warned|vowed|urged|wrote"
        r"|stated|condemned|praised|criticized|denounced|introduced|argued|unveiled|demanded"
        r"|applauded)|(?:was|were|been) (?:published|posted|issued|said|put out)"
    )
    acts = (
        r"(?:say|tell|announce|warn|vow|urge|write|state|condemn|praise|criticize|denounce"
        r"|introduce|argue|unveil|demand|applaud|comment|respond|react|call for|promise|pledge"
        r"|propose|oppose|endorse|support|slam|blast|defend|reject|welcome|ask|publish|release"
        r"|issue|put out|talk|speak|mention|discuss|address|note|claim|explain|describe"
        r"|vow to [a-z]+)"
    )
    return RoleWords(
        heading=re.compile(
            r"^\W*(?:(?:show|give|list|find|tell|me|us|any|all|the|what|which|are|is|there|latest"
            r"|recent|new|his|her|their|search|for|has|have|been|were"
            r"|was|did|do|you|(?:[^ ]{1,30} )?[^ ]{1,30}['’]s?) ){0,6}"
            r"(?:press )?(?:releases?|statements?|announcements?|anything|everything|news"
            r"|publications?|posts?|newsletters?|quotes?|quotations?|comments?|remarks?|updates?)\b",
            _FLAGS,
        ),
        act=re.compile(
            rf"\b(?:did|does|do) (?:[^ ]+ ){{1,5}}?{acts}\b|\b(?:{past_acts})\b"
            r"|\b(?:has|have|had) (?:[^ ]+ ){1,5}?(?:spoken|commented|talked)\b",
            _FLAGS,
        ),
        act_directly_before=re.compile(
            rf"(?:\b(?:{past_acts})|\b(?:did|does|do) [^?]{{1,60}} {acts})$", _FLAGS
        ),
        clause=re.compile(
            r"\b(?:how|that|which|who|whose|why|whether|when|if|because|than|while|where|after"
            r"|before)\b",
            _FLAGS,
        ),
        measures=re.compile(
            r"\b(?:how (?:many|much|often|few|big|large|far|long|fast)|what (?:share|percentage"
            r"|portion|fraction|amount|part|number)|number|percent|total|rate|average)\b",
            _FLAGS,
        ),
        past=re.compile(
            r"\b(?:did|was|were|had|made|got|became|went|won|took|came|met|led|lost|built|sent|paid"
            r"|held|gave|grew|rose|fell|spent|sold|[a-z]{2,20}(?<!e)ed)\b",
            _FLAGS,
        ),
        participle=re.compile(
            r"\b(?!released|published|issued|posted|delivered)"
            r"(?:won|built|paid|held|sold|[a-z]{2,20}(?<!e)ed)$",
            _FLAGS,
        ),
        future=re.compile(
            r"\b(?:would|will|could|should|might|shall|can|[a-z]{1,20}['’]ll|plan(?:s|ned)?"
            r"|projected|forecast(?:ed|s)?|predict(?:s|ed)?|expect(?:s|ed)?|scheduled|upcoming"
            r"|deadline|cutoff|due|expires?|expired|effective|budgets?|propos(?:e|es|ed|al)"
            r"|request(?:s|ed)?|authorized?|(?:next|coming|future|set|slated|going|promised?"
            r"|pledged?|agreed|vow(?:ed)?) to|next|coming|future|starts?|begins?|goals?"
            r"|targets?)\b",
            _FLAGS,
        ),
        asks=re.compile(
            r"\?|\b(?:who|whom|whose|what|when|where|why|how|which|did|do|does|is|are|was|were|has"
            r"|have|had|will|would|can|could|should|might|tell|show|list|find|give)\b",
            _FLAGS,
        ),
    )


def _spanish() -> RoleWords:
    acts = (
        r"(?:dij[eo]\w*|ha(?:n)? dicho|dice[n]?|afirm(?:ó|aron|a)|declar(?:ó|aron)"
        r"|anunci(?:ó|aron)|ha(?:n)? anunciado|advirti(?:ó|eron)|escribi(?:ó|eron)"
        r"|prometi(?:ó|eron)|propus(?:o|ieron)|pidi(?:ó|eron)|critic(?:ó|aron)|conden(?:ó|aron)"
        r"|elogi(?:ó|aron)|denunci(?:ó|aron)|present(?:ó|aron)|public(?:ó|aron)"
        r"|se ha(?:n)? publicado|exigi(?:ó|eron)|rechaz(?:ó|aron)|respondi(?:ó|eron)"
        r"|coment(?:ó|aron)|defendi(?:ó|eron)|apoy(?:ó|aron)|opin(?:ó|aron))"
    )
    return RoleWords(
        heading=re.compile(
            r"^\W*(?:(?:muestra|muéstrame|dame|lista|busca|los|las|el|la|qué|que|hay|todos|todas"
            r"|últimos|últimas|nuevos|nuevas|sus) ){0,5}(?:comunicados?|declaraci(?:ón|ones)"
            r"|noticias?|anuncios?|bolet(?:ín|ines)|notas? de prensa)\b",
            re.IGNORECASE,
        ),
        act=re.compile(rf"\b{acts}\b", re.IGNORECASE),
        act_directly_before=re.compile(
            rf"\b{acts}(?: (?!que\b|sobre\b|acerca\b|de\b)[^ ?,]{{1,30}}){{0,4}}$", re.IGNORECASE
        ),
        clause=re.compile(
            r"\b(?:que|quien(?:es)?|cuando|donde|porque|si|mientras|cuy[oa]s?|después|antes)\b",
            re.IGNORECASE,
        ),
        measures=re.compile(
            r"\b(?:cuánt[oa]s?|cuant[oa]s?|qué (?:porcentaje|parte|proporción|cantidad|número)"
            r"|porcentaje|promedio|tasa|total)\b",
            re.IGNORECASE,
        ),
        past=re.compile(
            r"\b(?:fue|fueron|era|eran|hubo|tuvo|hizo|estuvo|\w{2,20}(?:ó|aron|ieron))\b",
            re.IGNORECASE,
        ),
        participle=re.compile(r"\b(?!publicad|emitid)\w{2,20}[ai]d[oa]s?$", re.IGNORECASE),
        future=re.compile(
            r"\b(?:\w{2,20}(?:rá|rán|ría|rían)|van? a|plane[aó]n?|prevén?|previst[oa]s?"
            r"|próxim[oa]s?|propuest[oa]s?|presupuestos?|plazo|vence|objetivos?|metas?)\b",
            re.IGNORECASE,
        ),
        asks=re.compile(
            r"[?¿]|\b(?:qué|quién|quiénes|cuándo|dónde|cómo|cuál|cuáles|cuánt[oa]s?|dijo|fue|fueron"
            r"|es|son|está|hay|hubo|dime|muestra|muéstrame|dame|lista|busca)\b",
            re.IGNORECASE,
        ),
    )


ROLE_WORDS: Mapping[str, RoleWords] = {"en": _english(), "es": _spanish()}


class TimeRole(Enum):
    """What a time in a question is the time of."""

    PUBLICATION = auto()
    """What was published then: "press releases from March 2024", "crypto 2025"."""
    STATEMENT = auto()
    """What somebody said then, so published it: "what did Quill say in 2023"."""
    EVENT = auto()
    """What happened then: "how many voted in 2020"."""
    MENTION = auto()
    """Nothing that bounds the date of the answer: "the 2022 farm bill"."""


def time_role(question: str, start: int, end: int, vocabulary: TimeVocabulary) -> TimeRole:
    """Return the role of the time expression ``question[start:end]``, read in a language."""
    told = ROLE_WORDS[vocabulary.code]
    before, after = question[:start].rstrip(" ,"), question[end:]
    if _last_word(before) in vocabulary.publications:
        return TimeRole.PUBLICATION
    ends_question = not after.strip(' ?!.)"”')
    heading = told.heading.match(before)
    is_headed = heading is not None and not _has_own_time(before[heading.end() :], told)
    is_keywords = _is_keywords(before, told) and told.future.search(before) is None
    if ends_question and (is_headed or is_keywords):
        return TimeRole.PUBLICATION
    measures = told.measures.search(question) is not None
    if told.act_directly_before.search(before[-90:]) and (not measures or before.count(",")):
        return TimeRole.STATEMENT
    act = None
    for act in told.act.finditer(before):  # noqa: B007  the last one is nearest to the time
        pass
    if act and not measures and not _has_own_time(before[act.end() :], told) and ends_question:
        return TimeRole.STATEMENT
    if not before.strip("¿¡ ") and not measures and told.act.search(after):
        return TimeRole.STATEMENT
    if told.past.search(question) and not told.future.search(question):
        return TimeRole.EVENT
    return TimeRole.MENTION


def measures_something(text: str, vocabulary: TimeVocabulary) -> bool:
    """Whether ``text`` asks for a number or a share."""
    return ROLE_WORDS[vocabulary.code].measures.search(text) is not None


def refers_to_future(text: str, vocabulary: TimeVocabulary) -> bool:
    """Whether ``text`` speaks of something planned, expected or due."""
    return ROLE_WORDS[vocabulary.code].future.search(text) is not None


def _last_word(text: str) -> str:
    return folded(text.rpartition(" ")[2])


def _is_keywords(text: str, told: RoleWords) -> bool:
    """Whether a text is a few key words, no question and no request."""
    return len(text.split()) <= _MAX_KEYWORDS and told.asks.search(text) is None


def _has_own_time(text: str, told: RoleWords) -> bool:
    """Whether a clause begins in ``text`` to which the time after it may belong instead."""
    return any(each.search(text) for each in (told.clause, told.future, told.participle))
