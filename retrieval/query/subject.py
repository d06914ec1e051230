"""What a standing question is about: its words without those that only say that it asks.

"Tell me when there is anything about rural airports" is about rural airports. Words such as
"anything" would count as rare ones, and would be looked for in the releases.
"""

import re

from retrieval.text.tokens import content_words

_WHO = (
    r"(?:i|you|he|she|it|we|they|anybody|anyone|somebody|someone|the (?:senators?|members?|governor"
    r"|mayor|company|city|office|newsroom))"
)
_SAYS = r"(?:say|says|said|saying|talk|talks|publish|publishes|published|announce|announces)"
_ABOUT = r"(?:about|on|regarding|concerning)"
_THING = (
    r"(?:anything|everything|something|all|any|news|updates?|announcements?|statements?"
    r"|(?:press )?releases?)"
)
_SOBRE = r"(?:sobre|acerca de|respecto a)"
_FORMS = (
    rf"(?:please )?(?:tell|alert|notify|inform|ping|warn) (?:me|us) (?:{_ABOUT}|if|when(?:ever)?)",
    r"(?:please )?let (?:me|us) know (?:about|of|if|when(?:ever)?)",
    r"(?:i|we)(?:'d| would)? (?:want|like|wish) to (?:know|hear|read|be told)"
    rf" (?:{_ABOUT}|if|when)",
    r"(?:is|are) there",
    r"there (?:is|are)",
    r"(?:about|on|regarding)",
    rf"(?:(?:does|do|did|has|have|will) )?{_WHO} (?:ever )?{_SAYS}",
    rf"(?:{_THING} )*{_THING}(?: new| that is said| that is published)? (?:{_ABOUT}|to do with)",
    rf"what (?:does|do|did|has|have|will) {_WHO} (?:say|said|think|do|done) (?:{_ABOUT}|against)",
    rf"what(?:'s| is| was| are| has been) (?:being )?(?:new|said|done|published|announced)"
    rf" (?:{_ABOUT}|in|against|for)",
    r"(?:por favor )?(?:av[ií]sa(?:me|nos)|notif[ií]ca(?:me|nos)|d[ií](?:me|nos))"
    rf" (?:de|si|cuando|{_SOBRE})",
    r"(?:hay|haya|publi(?:can|quen)|(?:se )?di(?:cen?|gan?))",
    rf"(?:algo|todo|todas?|cualquier cosa|noticias|novedades|comunicados|anuncios)(?: lo que"
    rf" (?:se )?(?:diga|digan|publique|publiquen))? {_SOBRE}",
    rf"qu[eé] (?:se )?(?:dicen?|hacen?|hay) (?:{_SOBRE}|contra|de)",
)
_ASKING = re.compile(rf"(?:{'|'.join(_FORMS)})(?![\w-])", re.IGNORECASE)
_NOTHING = re.compile(rf"{_THING}(?: {_THING}| new)*", re.IGNORECASE)
_AROUND = " \t\r\n?!.,;:¿¡…"


def subject_of(text: str) -> str:
    """What a standing question is about; an empty text if it names nothing."""
    subject = " ".join(text.replace("’", "'").split()).strip(_AROUND)
    while match := _ASKING.match(subject):
        subject = subject[match.end() :].strip(_AROUND)
    return subject if content_words(subject) and not _NOTHING.fullmatch(subject) else ""
