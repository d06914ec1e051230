"""Requests that ask for no fact: a greeting, thanks, "help", "what's new?", a count or a list.

A quotation would serve none of them. Whatever may be a question of fact stays a question: a request
must match one of these forms from its first word to its last. The forms are English and Spanish.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from retrieval.query.time_expressions import typed_span
from retrieval.text.tokens import content_words, folded

_MAX_CHARACTERS = 200  # a longer text says something of its own
_AROUND = " ?!.,;:¿¡…"


class RequestKind(StrEnum):
    """What a request is for."""

    GREETING = "greeting"
    THANKS = "thanks"
    """Thanks, assent or a goodbye."""
    HELP = "help"
    TALK = "talk"
    """An insult, or small talk."""
    NEWEST = "newest"
    """The newest releases."""
    COUNT = "count"
    """How many releases mention a topic."""
    LIST = "list"
    """The releases about a topic."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request.

    Attributes:
        kind: what it is for.
        topic: what the releases are to be about, for a count or a list, as typed: a time included.
        since: the first day of the time that a request for the newest names, if it has one.
        until: its last day.
    """

    kind: RequestKind
    topic: str = ""
    since: date | None = None
    until: date | None = None


def read_request(text: str, today: date) -> Request | None:
    """The request that a text is; None for a question.

    Args:
        text: any text.
        today: the day from which "this week" is reckoned.
    """
    if len(text) > _MAX_CHARACTERS:
        return None
    plain = " ".join(text.split()).strip(_AROUND)
    asked = _OPENING.sub("", plain, count=1) or plain
    for kind, form in _ABOUT:
        if match := form.fullmatch(asked):
            return _about(kind, match)
    if phrase := _phrase_kind(plain):
        return Request(phrase)
    return _newest(folded(asked).strip(_AROUND), today)


def asks_for_nothing_published(text: str) -> bool:
    """Whether a text is a greeting, thanks, a call for help or small talk, and nothing else."""
    plain = " ".join(text[: _MAX_CHARACTERS + 1].split()).strip(_AROUND)
    return len(text) <= _MAX_CHARACTERS and _phrase_kind(plain) is not None


def _phrase_kind(plain: str) -> RequestKind | None:
    """What a text is that consists of phrases of one kind."""
    said = folded(plain)
    return next((kind for kind, phrases in _PHRASES if phrases.make_up(said)), None)


def _about(kind: RequestKind, match: re.Match[str]) -> Request | None:
    topic = _COURTESY_AT_END.sub("", match["topic"])
    topic = _FILLING_AT_END.sub("", topic).rstrip(" ?!.,;:…")
    named = match.groupdict().get("who")
    if not content_words(topic):
        return None  # "how many releases mention it"
    if named and not _PRONOUN.fullmatch(named.strip()):
        topic = f"{topic} {named.strip()}"
    return Request(kind, topic)


def _newest(asked: str, today: date) -> Request | None:
    form = _NEWEST.match(asked)
    if form is None:
        return None
    rest = _LINK_TO_TIME.sub("", _COURTESY_AT_END.sub("", asked[form.end() :])).strip(_AROUND)
    if not rest or _LATELY.fullmatch(rest):
        return Request(RequestKind.NEWEST)
    since, until = typed_span(rest, today)
    if since is None and until is None:
        return None  # "what's new in the farm bill?"
    return Request(RequestKind.NEWEST, since=since, until=until)


class _Phrases:
    """What a text consists of that is one of some forms or several in a row, with marks between.

    Args:
        forms: patterns, in which a space stands for any marks.
        after: a pattern of what may follow each of them.
    """

    def __init__(self, *forms: str, after: str) -> None:
        alone = "|".join(form.replace(" ", _GAP) for form in forms)
        self._one = re.compile(rf"(?:{alone}){after}(?![^\W_])")

    def make_up(self, text: str) -> bool:
        """Whether a text consists of them.

        One pattern for all in a row would try every way to divide "please please please", of which
        there are as many as two to the power of its words.
        """
        if not self._one.match(text):
            return False  # as most texts
        gaps = [gap.span() for gap in _BETWEEN_WORDS.finditer(text)]
        ends = gaps if gaps and gaps[-1][1] == len(text) else [*gaps, (len(text), len(text))]
        reached = {0}
        for start in (0, *(after for _, after in gaps)):
            if start in reached:
                reached.update(
                    after
                    for end, after in ends
                    if end > start and self._one.fullmatch(text, start, end)
                )
        return len(text) in reached


_GAP = r"[\W_]+"
_BETWEEN_WORDS = re.compile(_GAP)
_WHOM = (
    r"(?:[\W_]+(?:bot|verbatim|there|all|everyone|everybody|friends?|man|dude|buddy|again|team"
    r"|folks"
    r"|guys|mate|sir|please|a todos|amigos?|lol))*"
)
_HOW_ARE_YOU = (
    r"how(?:'s it going| are you| are you doing| do you do| have you been)(?: today)?"
    r"|what(?:'s| is) up|sup|how are things|(?:como estas|que tal|como te va|que onda)(?: hoy)?"
)
_HELLO = (
    r"hi+|hello+|helo|hey+|heya|hiya|howdy|yo|greetings|good (?:morning|afternoon|evening|day)"
    r"|hola|buen[oa]s (?:dias|tardes|noches)|buenas|saludos"
)
_GOODBYE = (
    r"bye+|bye bye|good(?: )?bye|good night|see (?:you|ya)(?: later)?|have a (?:nice|good) day"
    r"|adios|hasta (?:luego|manana|pronto)"
)
_ASSENT = (
    r"ok|okay|great|perfect|cool|nice|nice one|awesome|wow|got it|i see|alright|excellent|amazing"
    r"|very good|sounds good|fair enough|never(?: )?mind|vale|perfecto|genial|muy bien|de acuerdo"
)
_THANK = (
    r"(?:many |no )?(?:thanks|thank you|thankyou|thx|ty|tysm|cheers)"
    r"(?: (?:a lot|a bunch|so much|very much|a million))?"
    r"(?: for (?:(?:the|your|all the|all your) )?(?:help|answers?|info|information|quick reply"
    r"|that))?"
    r"|(?:muchas |mil )?gracias(?: por (?:la |tu )?(?:ayuda|respuesta|informacion))?"
)
_PRAISE = (
    r"(?:that|this|it)(?:'s| is| was) (?:very |really |so )?(?:great|helpful|useful|all|it|nice"
    r"|perfect|good)|that helps|good (?:bot|job|work|answer)|well done|great (?:job|answer)"
    r"|nice (?:bot|job|work)|you(?:'re| are) (?:the best|great|awesome|amazing|helpful)|you rock"
    r"|buen bot|buen trabajo"
)
_HELP = (
    r"help|help me|i need (?:some )?help|(?:can|could) (?:you|anyone) help(?: me)?|how can you help"
    r"(?: me)?|what (?:can|could|do|does) (?:you|this bot|the bot|verbatim) (?:do|offer|know)"
    r"(?: for me| here)?|what (?:can|should|could|do) i (?:ask|do)(?: you| the bot| this bot)?(?:"
    r" here"
    r"| about)?|what (?:kinds? of |sorts? of )?(?:questions|things) can (?:i|you) (?:ask|answer)"
    r"(?: you)?|(?:who|what) are you(?: for)?|what is (?:this bot|verbatim)(?: for)?"
    r"|how (?:do|does|did) (?:you|this bot|the bot|verbatim) work|how (?:do|can|should) i (?:use"
    r"|ask)"
    r" (?:you|this bot|the bot|verbatim)|how to use (?:you|this bot|the bot|verbatim)|commands"
    r"|(?:list|show)(?: me)?(?: the| your)? commands|usage|instructions|what are your commands"
    r"|ayuda|ayudame|necesito ayuda|(?:me )?puedes ayudar(?:me)?|que (?:puedes|sabes) hacer"
    r"|que haces|como funcionas|como funciona (?:este bot|el bot)|quien eres|que eres|(?:que|sobre"
    r" que)"
    r" (?:te )?puedo preguntar(?:te)?|como te uso|como se usa(?: el bot| este bot)?|para que sirves"
    r"|comandos|instrucciones"
)
_TALK = (
    r"you suck|(?:fuck|screw|damn)(?: you| off| this| this bot)?|f off|stfu|shut up|go away|wtf|omg"
    r"|(?:you(?:'re| are)|ur|this bot is|the bot is)(?: (?:so|such|really|very|just|an?|the"
    r"|totally))*"
    r" (?:stupid|dumb|useless|bad|terrible|trash|garbage|annoying|worst|boring|funny|idiot|moron"
    r"|joke"
    r"|broken|awful|crazy|weird|cute|liar|fool|crap|shit|smart|clever)(?: bot)?"
    r"|(?:stupid|dumb|bad|useless|dumbass|shitty|crap|silly)(?: bot)?|idiot|moron|liar|bullshit"
    r"|crap"
    r"|lol+|lmao+|rofl|haha\w*|hehe\w*|jaja\w*|jeje\w*|xd+|test|testing|ping"
    r"|are you (?:a |an |really |just |even )*(?:robot|bot|human|real|ai|a\.?i|person|machine|alive"
    r"|sentient|chat(?: )?gpt|llm|chatbot|there|ok|okay|awake|stupid|dumb|kidding(?: me)?|drunk"
    r"|single)"
    r"(?: or (?:a |an )?(?:robot|bot|human|real|ai|person|machine))?"
    r"|tell me a (?:joke|story)|sing (?:me )?a song|(?:i )?(?:love|hate|miss) you|marry me"
    r"|do you (?:have feelings|love me|like me|hate me|dream|sleep)|what(?:'s| is) your name"
    r"|who (?:made|created|built|programmed) you|eres (?:un |una )?(?:robot|bot|ia|humano|maquina"
    r"|persona|real|tonto|inutil|idiota|estupido)|(?:bot )?(?:idiota|inutil|estupido|tonto)|callate"
    r"|te (?:odio|quiero|amo)|cuentame un (?:chiste|cuento)|como te llamas|quien te (?:hizo|creo)"
)
# The first kind that fits all forms in a row counts: "hello, thank you" is thanks.
_PHRASES = (
    (RequestKind.GREETING, _Phrases(_HELLO, _HOW_ARE_YOU, after=_WHOM)),
    (RequestKind.THANKS, _Phrases(_THANK, _PRAISE, _ASSENT, _GOODBYE, _HELLO, after=_WHOM)),
    (RequestKind.HELP, _Phrases(_HELP, _HELLO, _ASSENT, "please", "por favor", after=_WHOM)),
    (RequestKind.TALK, _Phrases(_TALK, _HELLO, _ASSENT, after=_WHOM)),
)
_OPENING = re.compile(
    r"^(?:(?:hi|hello|hey|ok|okay|thanks|thank you|please|hola|gracias|por favor|bot|verbatim|there"
    r"|so|and|well|then)\b[\s,.!?¿¡]+)*[\s¿¡]*",
    re.IGNORECASE,
)
_COURTESY_AT_END = re.compile(r"[\s,]+(?:please|pls|por favor|thanks|thank you)\W*$", re.IGNORECASE)

_RELEASE = r"(?:(?:press |news )?releases?|(?:press )?statements?|announcements?)"
_POST = rf"(?:{_RELEASE}|news|posts?|updates?)"
_NEW = r"(?:latest|newest|most recent|recent|new|last few)"
_GIVE = r"(?:(?:can|could) you )?(?:show|give|tell|send|list|get)(?: me| us)? "
_ONE = r"(?:you|they|she|he|we|(?:your|the) office|the (?:newsroom|senator|congress\w+|company))"
_PUBLISHED = r"(?:publish(?:ed)?|post(?:ed)?|put out|release press releases)"
_NEWEST = re.compile(
    rf"(?:(?:{_GIVE})?(?:what(?:'s| is|s)? (?:new|the latest)(?: news)?)"
    rf"|(?:{_GIVE}|what (?:is|are) |are there |is there |do you have |got )?"
    rf"(?:the |any |some |your |all )*{_NEW} {_POST}(?: releases)?"
    rf"|(?:is there |are there |got |do you have )?(?:any|the|some) news|news|updates|any updates"
    rf"|(?:is there )?anything new|the latest|(?:today|this week|this month)'s (?:news|{_RELEASE})"
    rf"|what (?:did|have|has) {_ONE} (?:recently |just )?{_PUBLISHED}"
    rf"|what (?:was|were|has been|have been) {_PUBLISHED}"
    r"|que (?:hay|tienes) de nuevo|(?:hay )?(?:alguna |algunas )?novedad(?:es)?|hay algo nuevo"
    r"|algo nuevo|(?:hay |las |alguna )?(?:ultimas |nuevas )?noticias"
    r"|(?:(?:muestra|dame|lista|ensena)(?:me)? )?(?:los |las )?(?:ultim[oa]s|mas recientes"
    r"|nuev[oa]s)"
    r" (?:comunicados|notas)(?: de prensa)?|(?:los )?comunicados (?:mas )?(?:recientes|nuevos)"
    r"|que (?:publicaste|publicaron|publico|se publico|has publicado|han publicado|se ha"
    r" publicado))"
    r"(?!\w)"
)
_LINK_TO_TIME = re.compile(r"^\W*(?:from|for|of|de|del|out|so far)\b", re.IGNORECASE)
_LATELY = re.compile(
    r"(?:lately|recently|so far|now|right now|here|there|with you|ultimamente|recientemente|ahora)"
)

_PRONOUN = re.compile(r"(?:she|he|they|you|we|it|the \w+|your office)", re.IGNORECASE)
_WHO = r"(?P<who>[\w.’'-]+(?: [\w.’'-]+){0,3}?)"
_HAS = r"(?:’s|'s| has| have| had|’ve|'ve)?(?: ever)?"
_MENTIONS = (
    r"(?:(?:that )?(?:mentions?|mentioning|mentioned|names?|discuss(?:es|ing)?|cites?|talks? about"
    r"|talking about|contains?(?: the words?)?|containing(?: the words?)?|refers? to|say the"
    r" words?)"
    r"|(?:that |which )?(?:are |is )?(?:about|regarding|concerning|related to))"
)
_TIMES = r"(?:how (?:many times|often)|on how many occasions)"
_SPEAKS = r"(?:mention|mentioned|talk(?:ed)? about|sp[eo]ken? about|spoke about|bring up|refer to)"
_HAY = (
    r"(?:mencionan|hablan de|hablan sobre|tratan de|tratan sobre|hay sobre|hay acerca de|contienen)"
)
_FILLING_AT_END = re.compile(
    r"\s+(?:(?:are|were) there|do you have|exist|(?:have you|did (?:you|she|he|they))"
    r" (?:publish(?:ed)?"
    r"|issue[d]?|put out)|so far|in total)\W*$",
    re.IGNORECASE,
)
_COUNTING = (
    rf"(?:how many|count(?: up)?(?: all)?|(?:what is |what's )?the number of|number of) (?:of"
    rf" )?(?:the |"
    rf"your |her |his |their )?{_RELEASE} (?:are there |do you have |were there )?{_MENTIONS}"
    rf" (?P<topic>.+)",
    # Of anybody else it may be a fact: "how often did the witness mention …".
    rf"{_TIMES} (?:did|do|does|has|have|had) (?:she|he|they|you|we) {_SPEAKS} (?P<topic>.+)",
    rf"in how many {_RELEASE} (?:is|are|was|were) (?P<topic>.+) mentioned",
    rf"cu[aá]ntos comunicados(?: de prensa)? {_HAY} (?P<topic>.+)",
    r"cu[aá]ntas veces (?:se )?(?:habl[oó]|ha hablado|han hablado|habla|mencion[oó]|menciona"
    r"|ha mencionado)(?: de| sobre)? (?P<topic>.+)",
)
_SHOW = rf"(?:{_GIVE}|find(?: me)? |search (?:for )?|i want (?:to see )?|look up )"
_ON = rf"(?:{_MENTIONS}|on)"
_LISTING = (
    rf"{_SHOW}?(?:(?:all|every|any|the|of|your|her|his|their|single) )*(?:press |news )?releases?"
    rf" {_ON}"
    r" (?P<topic>.+)",
    rf"(?:{_SHOW}(?:(?:all|every|the|of|your|her|his|their) )*|(?:all|every) (?:(?:the|of|your|her"
    rf"|his"
    rf"|their) )*){_RELEASE} {_ON} (?P<topic>.+)",
    rf"(?:which|what) {_RELEASE} {_MENTIONS} (?P<topic>.+)",
    rf"{_SHOW}?(?:everything|all) (?:that )?{_WHO}{_HAS} (?:said|says|say|published|wrote|written)"
    r" (?:on|about) (?P<topic>.+)",
    rf"list (?:everything |all )?what {_WHO}{_HAS} (?:said|says) (?:on|about) (?P<topic>.+)",
    rf"{_SHOW}?everything (?:you have |there is )?(?:on|about) (?P<topic>.+)",
    r"(?:(?:lista|muestra|mu[eé]strame|muestrame|dame|ens[eé][nñ]ame|busca|quiero(?: ver)?) )?"
    r"(?:todos )?(?:los )?comunicados(?: de prensa)? (?:sobre|acerca de|que mencionan|que hablan"
    r" de)"
    r" (?P<topic>.+)",
    r"(?:(?:lista|muestra|mu[eé]strame|muestrame|dame|ens[eé][nñ]ame|busca|quiero(?: ver)?) )?todo"
    r"(?: lo)?(?: que)?(?: publicado| dicho| dijo| ha dicho| dicen| hay)? (?:sobre|acerca de)"
    r" (?P<topic>.+)",
)
_ABOUT = tuple(
    (kind, re.compile(form, re.IGNORECASE))
    for kind, forms in ((RequestKind.COUNT, _COUNTING), (RequestKind.LIST, _LISTING))
    for form in forms
)
