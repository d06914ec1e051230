"""Lines that serve a page and say nothing: contacts, links, social media, credits, end marks.

Such a line is known by what remains of it. Addresses, telephone numbers and the words of contacts
and links are taken away, and if nothing is left but names, it says nothing else: "Media Contact:
Ann Roe, 202-555-0100" does not, and "The hotline is 1-800-555-0100, open 24 hours" does.
"""

import re

from retrieval.text.date_lines import is_date_line
from retrieval.text.tokens import folded

_MAX_LENGTH = 400  # characters
_MAX_NAMES = 14  # words of names, offices and streets
_MAX_CREDIT = 6  # words of a photographer and an agency

_ADDRESS = re.compile(
    r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|@\w{3,30}"
    r"|\b[\w-]{2,40}(?:\.[\w-]{2,40})*\.(?:com|org|gov|net|edu|io|me|ly|news|us|mil)\b(?:/\S*)?",
    re.IGNORECASE,
)
_TELEPHONE = re.compile(
    r"(?<!\w)(?:\+?\d{1,3}[\s.-]?)?\(?\d{3}\)?[\s.\-–/]{0,2}\d{3}[\s.\-–]?\d{4}\+?(?!\w)"
    r"|(?<!\w)\+\d[\d\s().-]{7,17}\d(?!\w)"
)
_MARKUP = re.compile(r"</?[a-z][^<>]{0,80}>", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*")
_PLAIN_WORD = re.compile(r"(?<!\S)[a-z][a-z'’-]*(?=[,;:.)]*(?:\s|$))")
_CONTACT = re.compile(
    r"^\W*(?:(?:for )?immediate release\W*)?"
    r"(?:(?:press|media|news|public affairs|public relations|pr|investor|ir) )?contacts?\b"
    r"(?: information| info| details| name| person)?\s*(?:[:#|\n]|$)"
    r"|^\W*(?:press|media) contacts?\b",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"^\W*(?:(?:photo|image|picture|video)s?(?: credits?)?(?: by| courtesy(?: of)?)?|credits?"
    r"|courtesy(?: of)?)\s*:?\s+(?=\S)",
    re.IGNORECASE,
)
_CREDITED = re.compile(r"\b(?:credits?|courtesy|by)\b|:", re.IGNORECASE)
_SOURCE = re.compile(r"^\W*(?:(?:original )?source|distributed by)\s*:", re.IGNORECASE)
_FEED = re.compile(
    r"^the post .{1,300} (?:appeared first|first appeared) on .{1,80}$"
    r"|^\S.{0,60} is powered by \S{1,30}$",
    re.IGNORECASE,
)
_SOCIAL = re.compile(r"^\W*(?:follow|connect with|find|join|like|share)\b", re.IGNORECASE)
_QUOTED = re.compile(r"[“”\"«»]")
_LINK = re.compile(
    r"\b(?:here|click|aqu[ií])\b|\((?:pdf|youtube|video|audio|link|downloadable|docx?)\)"
    r"|^\W*(?:read|learn|see|view|watch|find out) more\b|>>\s*$",
    re.IGNORECASE,
)
_INVITATION = re.compile(
    r"\b(?:read|view(?:ed)?|see|watch(?:ed)?|listen|click|downloads?|downloaded|find|found"
    r"|access(?:ed)?|available|visit|obtain(?:ed)?|learn|text|copy|pdf|lea|clic|disponible)\b"
    r"|\([a-z]{3,12}\)",
    re.IGNORECASE,
)

# What such lines say around names and addresses.
_CONTACT_WORDS = frozenset(
    """for immediate release contact contacts media press news public affairs relations investor
    inquiries inquiry enquiries questions interviews interview requests request information info
    details more further additional general office phone telephone tel ph cell mobile fax email
    e-mail mail website web site websites sites url ext extension direct main please call
    reach at by or and to the a an of us on via our write visit go see with company title name
    position director manager communications secretary spokesperson spokeswoman spokesman deputy
    chief assistant washington d.c dc learn view full article about log onto out check
    x t o c w p f m e attn attention embargoed until""".split()
)
_NETWORKS = frozenset(
    """facebook twitter x instagram youtube linkedin telegram discord medium reddit tiktok threads
    bluesky flickr whatsapp pinterest github snapchat rss share tweet print previous next""".split()
)
_SOCIAL_WORDS = _NETWORKS | frozenset(
    """website web site blog channel newsletter follow connect find join like us this page story
    post article and on or at the our with him her them me social media links link official pages
    account accounts handle handles email via to coinmarketcap coingecko etherscan audit whitepaper
    contact f t e in""".split()
)
_CREDIT_WORDS = frozenset("photo photos image images credit credits courtesy by of the via".split())
_LINK_WORDS = frozenset(
    """a an the this that these those of to for and or in on at by from with about below above it
    its his her their our your you please be is are can may was were as well also both
    here click read view see watch listen hear download downloads downloaded downloadable find found
    access accessed available viewed watched visit obtain obtained learn online attached linked link
    links more full entire complete original version versions copy copies text letter letters
    bill bills legislation legislative act resolution amendment release statement statements report
    reports article articles story column op-ed editorial transcript transcripts video videos audio
    clip clips footage recording photo photos photograph photographs picture pictures image images
    remarks speech floor interview hearing exchange opening testimony questions section-by-section
    section summary summaries one-pager one-page pager fact factsheet sheet sheets press document
    documents file pdf page pages site website webpage youtube b-roll broll high-resolution
    hi-resolution high-res hi-res resolution senator senators congressman congresswoman
    representative rep sen member members lawmakers information details further additional
    brief amicus livestream conference introduced virtual today high-quality check episode highlight
    overview recap broadcast quality event events announcement two-page
    entirety how out now written prepared one two back releases
    aqui lea leer vea ver la el los las de del en una copia carta completa texto completo ingles
    espanol proyecto ley haga clic para esta disponible""".split()
)
# What says whom to call for help, or what to do: such a line answers.
_HELPFUL = frozenset(
    """hotline hotlines line lifeline helpline tip tips fraud help apply application applications
    register registration rsvp ticket tickets donate donations volunteer volunteers emergency
    emergencies crisis relief assistance casework enroll enrollment vote sign order orders free
    hours open appointment appointments toll-free complaint complaints submit deadline
    linea ayuda""".split()
)


_KNOWN = _CONTACT_WORDS | _SOCIAL_WORDS | _CREDIT_WORDS | _LINK_WORDS


def is_service_line(text: str) -> bool:
    """Whether a paragraph is no more than contacts, a link, a credit, or the like.

    One that names or says anything else is not, nor is one that says whom to ask for help.
    """
    if len(text) > _MAX_LENGTH:
        return False
    if _FEED.match(text):
        return True
    # A word or two decides most paragraphs, without any of what follows.
    if any(
        word.replace("’", "'").removesuffix("'s") not in _KNOWN
        for word in _PLAIN_WORD.findall(text)
    ):
        return False
    plain = _MARKUP.sub(" ", text)
    rest, addresses = _ADDRESS.subn(" ", plain)
    rest, telephones = _TELEPHONE.subn(" ", rest)
    written = _WORD.findall(rest)
    keys = [folded(word) for word in written]
    if not keys:
        return True
    if not _HELPFUL.isdisjoint(keys):
        return False
    if all(len(key) == 1 and key.isalpha() for key in keys):
        return True
    # Of a line in capitals, or of one with a single word, a capital does not tell a name.
    has_names = not rest.isupper()
    return (
        _is_contact(plain, rest, written, keys, addresses, telephones)
        or _is_social(plain, written, keys, has_names)
        or (has_names and _is_credit(plain, written, keys))
        or _is_link(plain, written, keys, has_names)
    )


def _is_contact(
    text: str, rest: str, written: list[str], keys: list[str], addresses: int, telephones: int
) -> bool:
    """Whether names stand with an address, or below "Contact"."""
    others = _others(written, keys, _CONTACT_WORDS)
    if not others:
        return bool(addresses or telephones) or keys[-1] in {"release", "contact", "contacts"}
    if not (_CONTACT.match(text) or _SOURCE.match(text)):
        # Name and number alone: "Ann Roe 202-555-0100"; an office may be what people look for.
        is_person = 2 <= len(others) <= 3 and len(others) == len(keys) and ":" not in rest
        if not ((addresses and telephones) or (is_person and (addresses or telephones))):
            return bool(addresses) and is_date_line(rest)
    return len(others) <= _MAX_NAMES and all(map(_is_name, others))


def _is_social(text: str, written: list[str], keys: list[str], has_names: bool) -> bool:
    """Whether social media are all that a line names, but for whom to follow there."""
    if _NETWORKS.isdisjoint(keys):
        return False
    others = _others(written, keys, _SOCIAL_WORDS)
    if not others:
        return True
    return has_names and bool(_SOCIAL.match(text)) and all(map(_is_name, others))


def _is_credit(text: str, written: list[str], keys: list[str]) -> bool:
    """Whether a line says whose a picture is: "Photo: Ann Roe / Getty Images"."""
    found = _CREDIT.match(text)
    if not found or not _CREDITED.search(found.group()):
        return False
    others = _others(written, keys, _CREDIT_WORDS)
    return len(others) <= _MAX_CREDIT and all(map(_is_name, others))


def _is_link(text: str, written: list[str], keys: list[str], has_names: bool) -> bool:
    """Whether a line only offers something to open: "The full text is available here"."""
    if not _LINK.search(text) or not _INVITATION.search(text):
        return False
    others = _others(written, keys, _LINK_WORDS)
    # A title between quotation marks says something.
    return not others or (has_names and not _QUOTED.search(text) and all(map(_is_name, others)))


def _others(written: list[str], keys: list[str], known: frozenset[str]) -> list[str]:
    return [
        word
        for word, key in zip(written, keys, strict=True)
        if key not in known and key.removesuffix("'s").rstrip(".") not in known
    ]


def _is_name(word: str) -> bool:
    """Whether a word may be of a name: it has a capital, or is the number of a street or a page."""
    return word[0].isupper() or word.isdecimal()
