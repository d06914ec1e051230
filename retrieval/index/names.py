"""The members and newsrooms that a question names, by surname, full name or host.

A name is found whatever its case. A surname that is also a word or a place ("Young", "Case",
"Jordan") counts only where it is written like a name: after a title or the member's first name,
with "'s", or with a capital letter within the text and no capitalized word after it ("Green New
Deal"). After the first name of somebody else, no surname counts ("the John Lewis act").
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from retrieval.text.tokens import folded

# Parts of a host that do not say whose it is.
_COMMON_LABELS = frozenset(
    "www house senate gov com org net edu info news press media co uk eu us".split()
)
# An author with one of these words in its name is an office, and only its full name is a name.
_OFFICES = frozenset(
    """agency association board bureau caucus center city coalition commission committee council
    county department desk division foundation group institute ministry network newsroom office
    party press service society staff state team town union university""".split()
)
_SUFFIXES = frozenset("jr sr ii iii iv md phd esq".split())
_ALSO_WORDS = frozenset(
    """bacon baker banks bean bell best bishop bit black bond booker boss brooks brown budd burn
    burns bush carey carter case cash chase church clay cloud cole cook cooper costa cotton craft
    craig crane crank cross crow curtis dallas day dean dent diamond donalds downing field fields
    figures fish fisher flake flood forbes ford foster fox franklin franks frost fudge garden gay
    golden good grace grant graves gray green grey guest hand harder hardy hill holder hope house
    houston hunt hunter jack jackson james jordan joy judge justice keen key keys kind king knight
    lamb lake land landsman law lawrence leader lee light lincoln little long lot love low lucas
    luna mace madison major man mann march mark marks marsh marshall mason mast may mayor meadows
    miles mills moody moon moore mooney north norman page paris park parks paul pence perry peters
    pool pope porter post posey power price province quick reed reform rice rich riley ring risk
    rivers roe rock rose ross rounds roy royal royce rule rush sand self sessions sharp shelby
    sherman short silver small snow south speaker spears stark steel stevens stone story strange
    strong summer summers sweet swift temple tester tiffany tiger tower turner victor virginia
    walker wall walls ward washington waters way web weeks wells west white wild will wilson winter
    wise wolf wood woods word work wright young""".split()
)
_TITLES = frozenset(
    """sen senator senators rep reps representative representatives congressman congresswoman
    congressmember congressperson gov governor leader speaker chair chairman chairwoman mayor
    president secretary delegate commissioner mr mrs ms dr""".split()
)
# Short forms that are not the beginning of the name, as "Greg" is of "Gregory".
_SHORT_FORMS = {
    frozenset(pair.split("/"))
    for pair in """andy/andrew beth/elizabeth bill/william bob/robert bobby/robert chuck/charles
    debbie/deborah dick/richard hank/henry jack/john jim/james jimmy/james joe/joseph
    kathy/katherine liz/elizabeth mike/michael rick/richard rob/robert ted/edward tim/timothy
    tom/thomas tony/anthony""".split()
}
_BEFORE_A_PLACE = frozenset("fort lake mount port saint san santa st".split())
_ARTICLES = frozenset("a an the this that each every any no some".split())
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_JOINED = re.compile(r"[,;&/|]|\b(?:and|y)\b", re.IGNORECASE)
_MAX_WORDS = 6  # of a name
_MIN_SHARE = 0.1  # of an author's releases that their own newsroom has published


@dataclass(frozen=True, slots=True)
class NamedParties:
    """The members and newsrooms that a question names, as `ReleaseStore` spells them.

    Their releases are preferred, but not the only ones allowed, since others quote them too.
    """

    members: frozenset[str] = frozenset()
    newsrooms: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.members or self.newsrooms)


class _Bearer(NamedTuple):
    """Whom a name stands for: a member with given names, or a newsroom without a known member."""

    given: frozenset[str]
    members: frozenset[str]
    newsrooms: frozenset[str]


class _Token(NamedTuple):
    """A word of a text.

    Attributes:
        key: the word as names are compared: folded, without apostrophes and "'s".
        capital: whether it begins with a capital letter.
        possessive: whether it ends with "'s".
        follows: whether only a space is between the word before, not possessive, and this one.
    """

    key: str
    capital: bool
    possessive: bool
    follows: bool


class NameIndex:
    """The names of members and newsrooms. Immutable.

    ``authors`` are rows of author, newsroom and number of releases, as `ReleaseStore.authors`
    returns them; author and newsroom may be missing. ``parts`` are the words of all names, folded:
    given names, surnames, newsrooms.
    """

    __slots__ = ("_bearers", "_given", "_hosts", "_surnames", "_words", "parts")

    def __init__(self, authors: Iterable[tuple[str | None, str | None, int]]) -> None:
        counts: dict[str, Counter[str]] = {}
        hosts: dict[str, str] = {}
        for author, newsroom, count in authors:
            if newsroom:
                hosts[_host(newsroom)] = newsroom
            if author:
                counts.setdefault(author, Counter())
                if newsroom:
                    counts[author][newsroom] += count
        labels = {newsroom: label for newsroom in hosts.values() if (label := _label(newsroom))}
        bearers: dict[tuple[str, ...], list[_Bearer]] = {}
        surnames: set[tuple[str, ...]] = set()
        for author, published in counts.items():
            minimum = _MIN_SHARE * published.total()
            own = frozenset(newsroom for newsroom, count in published.items() if count >= minimum)
            own_labels = {labels[each] for each in own if each in labels}
            for given, surname in (_parts(person, own_labels) for person in _people(author)):
                if surname:
                    bearer = _Bearer(given, frozenset((author,)), own)
                    bearers.setdefault(surname, []).append(bearer)
                    surnames.add(surname)
        for newsroom in hosts.values():
            name = tuple(_keys(labels.get(newsroom, newsroom)))
            # "scott" of www.scott.senate.gov is a surname already; "rickscott" is another name.
            if name and name not in surnames:
                bearer = _Bearer(frozenset(), frozenset(), frozenset((newsroom,)))
                bearers.setdefault(name, []).append(bearer)
        self._hosts = {host: newsroom for host, newsroom in hosts.items() if newsroom in labels}
        self._words = _ALSO_WORDS.union(
            folded(newsroom) for newsroom in hosts.values() if newsroom not in labels
        )
        self._bearers = {name: tuple(who) for name, who in bearers.items()}
        self._surnames = frozenset(name[0] for name in surnames)
        self._given = frozenset().union(
            *(bearer.given for who in bearers.values() for bearer in who)
        )
        self.parts = self._given.union(*bearers)

    def found_in(self, text: str) -> NamedParties:
        """The members and newsrooms that a text names."""
        members: set[str] = set()
        newsrooms = {
            self._hosts[host] for part in text.split() if (host := _host(part)) in self._hosts
        }
        tokens = _tokens(text)
        all_capitals = text.isupper()
        at = 0
        while at < len(tokens):
            length, bearers = self._longest(tokens, at)
            for bearer in self._meant(tokens, at, length, bearers, all_capitals):
                members |= bearer.members
                newsrooms |= bearer.newsrooms
            at += length
        return NamedParties(frozenset(members), frozenset(newsrooms))

    def _longest(self, tokens: list[_Token], at: int) -> tuple[int, tuple[_Bearer, ...]]:
        """The number of tokens of the longest name that begins at one, and its bearers."""
        keys = tuple(token.key for token in tokens[at : at + _MAX_WORDS])
        for length in range(len(keys), 0, -1):
            if bearers := self._bearers.get(keys[:length]):
                return length, bearers
        # "cardins bill" lacks an apostrophe.
        return 1, self._bearers.get((keys[0].removesuffix("s"),), ()) if len(keys[0]) > 4 else ()

    def _meant(
        self,
        tokens: list[_Token],
        at: int,
        length: int,
        bearers: tuple[_Bearer, ...],
        all_capitals: bool,
    ) -> tuple[_Bearer, ...]:
        """The bearers of a name that a text means; none where it is only a word.

        ``all_capitals`` says that the whole text is, so that a capital letter means nothing.
        """
        if not bearers:
            return ()
        before = [token.key for token in tokens[max(0, at - 2) : at]]
        with_given_name = tuple(
            each for each in bearers if not each.given.isdisjoint(before)
        ) or tuple(
            each
            for each in bearers
            if any(_is_short_form(name, last) for name in each.given for last in before[-1:])
        )
        if with_given_name or length > 1:
            return with_given_name or bearers
        if self._is_of_another(tokens[at - 1] if at else None):
            return ()
        key = tokens[at].key
        if (key in self._words or key.removesuffix("s") in self._words) and not (
            before[-1:] and before[-1] in _TITLES
        ):
            return bearers if not all_capitals and self._is_written_as_name(tokens, at) else ()
        return bearers

    def _is_of_another(self, before: _Token | None) -> bool:
        """Whether the word before a surname makes it the name of somebody else or of a place."""
        if before is None or not before.capital:
            return False
        if before.key in _BEFORE_A_PLACE:
            return True
        return (
            before.key in self._given
            and before.key not in self._surnames
            and before.key not in _TITLES
        )

    def _is_written_as_name(self, tokens: list[_Token], at: int) -> bool:
        """Whether a word that is also a surname is written as one."""
        token = tokens[at]
        if token.possessive:
            return at == 0 or tokens[at - 1].key not in _ARTICLES
        if at == 0 or not token.capital:
            return False
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        return not (
            following
            and following.follows
            and following.capital
            and following.key not in self._surnames
        )


def _is_short_form(name: str, other: str) -> bool:
    """Whether one given name is short for another: "Greg" for Gregory, "Joe" for Joseph."""
    if frozenset((name, other)) in _SHORT_FORMS:
        return True
    return min(len(name), len(other)) > 2 and (name.startswith(other) or other.startswith(name))


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    end = 0
    for match in _TOKEN.finditer(text):
        plain = folded(match.group())
        possessive = plain.endswith("'s")
        key = plain.removesuffix("'s").replace("'", "")
        follows = text[end : match.start()] == " " and not (tokens and tokens[-1].possessive)
        tokens.append(_Token(key, match.group()[0].isupper(), possessive, follows))
        end = match.end()
    return tokens


def _keys(name: str) -> list[str]:
    return [token.key for token in _tokens(name)]


def _people(author: str) -> list[str]:
    """Those whom an author names: one, or several as in "Ann Roe, Bob Poe and Cy Doe"."""
    people = []
    for part in _JOINED.split(author):
        words = [key for key in _keys(part) if key not in _SUFFIXES]
        if len(words) > 1:
            people.append(part)
        elif words:  # "Roe, Ann", "Roe & Poe"
            return [author]
    return people if len(people) > 1 and _OFFICES.isdisjoint(_keys(author)) else [author]


def _parts(author: str, labels: set[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """An author's given names and surname; for an office no given names, and its full name.

    The surname is the last word, with all that hyphens join to it. It is several words if these
    are one of the ``labels`` of their newsrooms: "Cortez Masto" of cortezmasto.senate.gov.
    """
    keys = _keys(author)
    if not _OFFICES.isdisjoint(keys):
        return frozenset(), tuple(keys)
    words = [tuple(_keys(word)) for word in author.split()]
    words = [word for word in words if word and word[-1] not in _SUFFIXES]
    if not words:
        return frozenset(), tuple(keys)
    size = next(
        (
            size
            for size in range(2, len(words))
            if "".join(key for word in words[-size:] for key in word) in labels
        ),
        1,
    )
    given = frozenset(key for word in words[:-size] for key in word if len(key) > 1)
    return given, tuple(key for word in words[-size:] for key in word)


def _host(text: str) -> str:
    """The host of an address or a link, or a newsroom's name, as these are compared."""
    bare = text.casefold().strip(".,;:?!()[]<>\"'“”’")
    bare = bare.removeprefix("https://").removeprefix("http://")
    return bare.split("/", 1)[0].removeprefix("www.")


def _label(newsroom: str) -> str | None:
    """The part of a host that says whose it is: "hoeven" of "www.hoeven.senate.gov"."""
    if "." not in newsroom or " " in newsroom:
        return None
    labels = (folded(part) for part in newsroom.split("."))
    return next((label for label in labels if label and label not in _COMMON_LABELS), None)
