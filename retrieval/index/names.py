"""Whose releases a question names: members and newsrooms, by surname, name or host.

A name is found whatever its case. A surname that is also a word or a place ("Young", "Case",
"Jordan") counts only where it is written like a name: behind a title or the member's first name,
with "'s", or with a capital within the text and no other capital behind it ("Green New Deal").
Behind a first name that is somebody else's, no surname counts ("the John Lewis act").
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from retrieval.text.tokens import folded

# What an address says besides whose it is.
_COMMON_LABELS = frozenset(
    "www house senate gov com org net edu info news press media co uk eu us".split()
)
# An author with one of these words is an office, and is known by its whole name alone.
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
# Short forms that are not the beginning of the name ("Greg" is of "Gregory").
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
_LONGEST = 6  # words of a name that is looked for
_A_STRANGER_TO_THE_NEWSROOM = 0.1  # the share of an author's releases below which it is not theirs


@dataclass(frozen=True, slots=True)
class NamedParties:
    """Whom a question names, as the catalogue writes them.

    A preference and no filter, since others quote them too.
    """

    members: frozenset[str] = frozenset()
    newsrooms: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.members or self.newsrooms)


class _Bearer(NamedTuple):
    """Who bears a name: a member with given names, or a newsroom without a known member."""

    given: frozenset[str]
    members: frozenset[str]
    newsrooms: frozenset[str]


class _Token(NamedTuple):
    """A word of a text: ``key`` as names are compared, and how it is written.

    ``joined`` says that only a space parts it from the word before it.
    """

    key: str
    capital: bool
    possessive: bool
    joined: bool


class NameIndex:
    """The names that members and newsrooms may be asked for by. Immutable.

    ``authors`` are rows of author, newsroom and number of releases, as `ReleaseStore.authors` gives
    them; author and newsroom may be missing.
    """

    __slots__ = ("_bearers", "_given", "_hosts", "_surnames", "_words")

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
            least = _A_STRANGER_TO_THE_NEWSROOM * published.total()
            own = frozenset(newsroom for newsroom, count in published.items() if count >= least)
            given, surname = _parts(author, {labels[each] for each in own if each in labels})
            if surname:
                bearer = _Bearer(given, frozenset((author,)), own)
                bearers.setdefault(surname, []).append(bearer)
                surnames.add(surname)
        for newsroom in hosts.values():
            name = tuple(_keys(labels.get(newsroom, newsroom)))
            # "scott" of www.scott.senate.gov is his surname already; "rickscott" is a name more.
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

    def found_in(self, text: str) -> NamedParties:
        """The members and newsrooms that a text names."""
        members: set[str] = set()
        newsrooms = {
            self._hosts[host] for part in text.split() if (host := _host(part)) in self._hosts
        }
        tokens = _tokens(text)
        shouted = text.isupper()
        at = 0
        while at < len(tokens):
            length, who = self._longest(tokens, at)
            for bearer in self._meant(tokens, at, length, who, shouted):
                members |= bearer.members
                newsrooms |= bearer.newsrooms
            at += length
        return NamedParties(frozenset(members), frozenset(newsrooms))

    def _longest(self, tokens: list[_Token], at: int) -> tuple[int, tuple[_Bearer, ...]]:
        """The longest name that begins at a token, in tokens, and who bears it."""
        keys = tuple(token.key for token in tokens[at : at + _LONGEST])
        for length in range(len(keys), 0, -1):
            if who := self._bearers.get(keys[:length]):
                return length, who
        # "cardins bill": an apostrophe that was left out.
        return 1, self._bearers.get((keys[0].removesuffix("s"),), ()) if len(keys[0]) > 4 else ()

    def _meant(
        self,
        tokens: list[_Token],
        at: int,
        length: int,
        who: tuple[_Bearer, ...],
        shouted: bool,
    ) -> tuple[_Bearer, ...]:
        """Those of the bearers of a name that the text means; none where it is but a word."""
        if not who:
            return ()
        before = [token.key for token in tokens[max(0, at - 2) : at]]
        closer = tuple(each for each in who if not each.given.isdisjoint(before)) or tuple(
            each
            for each in who
            if any(_same(name, last) for name in each.given for last in before[-1:])
        )
        if closer or length > 1:
            return closer or who
        if self._is_anothers(tokens[at - 1] if at else None):
            return ()
        key = tokens[at].key
        if (key in self._words or key.removesuffix("s") in self._words) and not (
            before[-1:] and before[-1] in _TITLES
        ):
            return who if not shouted and self._like_a_name(tokens, at) else ()
        return who

    def _is_anothers(self, before: _Token | None) -> bool:
        """Whether the word before a surname makes it somebody else's, or a place's."""
        if before is None or not before.capital:
            return False
        if before.key in _BEFORE_A_PLACE:
            return True
        return before.key in self._given and before.key not in self._surnames | _TITLES

    def _like_a_name(self, tokens: list[_Token], at: int) -> bool:
        token = tokens[at]
        if token.possessive:
            return at == 0 or tokens[at - 1].key not in _ARTICLES
        if at == 0 or not token.capital:
            return False
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        return not (
            following
            and following.joined
            and following.capital
            and following.key not in self._surnames
        )


def _same(name: str, called: str) -> bool:
    """Whether somebody of a given name may be called so: "Greg" for Gregory, "Joe" for Joseph."""
    if frozenset((name, called)) in _SHORT_FORMS:
        return True
    return min(len(name), len(called)) > 2 and (name.startswith(called) or called.startswith(name))


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    end = 0
    for match in _TOKEN.finditer(text):
        plain = folded(match.group())
        possessive = plain.endswith("'s")
        key = plain.removesuffix("'s").replace("'", "")
        joined = text[end : match.start()] == " " and not (found and found[-1].possessive)
        found.append(_Token(key, match.group()[0].isupper(), possessive, joined))
        end = match.end()
    return found


def _keys(name: str) -> list[str]:
    return [token.key for token in _tokens(name)]


def _parts(author: str, labels: set[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """An author's given names and surname; for an office no given names and the whole name.

    The surname is the last word with what a hyphen ties to it, and more where the newsroom's
    address says so: "Cortez Masto", of cortezmasto.senate.gov.
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
    """A newsroom's address as it is compared, of an address, a link or a name."""
    bare = text.casefold().strip(".,;:?!()[]<>\"'“”’")
    bare = bare.removeprefix("https://").removeprefix("http://")
    return bare.split("/", 1)[0].removeprefix("www.")


def _label(newsroom: str) -> str | None:
    """The word of an address that says whose it is: "hoeven" of "www.hoeven.senate.gov"."""
    if "." not in newsroom or " " in newsroom:
        return None
    labels = (folded(part) for part in newsroom.split("."))
    return next((label for label in labels if label and label not in _COMMON_LABELS), None)
