"""Which sources of a site are read: what a discovery found, in a form that can be kept."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from retrieval.sources.web.offers import Discovery, Offer, OfferKind


@dataclass(frozen=True, slots=True)
class EntrySource:
    """An address that names releases, and what is there."""

    kind: OfferKind
    address: str


@dataclass(frozen=True, slots=True)
class SitePlan:
    """What is read of a site.

    Attributes:
        address: the site, as it was given, in canonical form.
        archive: what has all releases, as far as anything has: the main list first, then its years.
        news: what shows new releases soonest.
        examples: a release of each section that has releases, to tell them in a sitemap.
        is_complete: whether the archive goes beyond the latest releases.
        pdf_hosts: other hosts, in lower case, whose PDFs are read where releases link to them.
    """

    address: str
    archive: tuple[EntrySource, ...]
    news: EntrySource
    examples: tuple[str, ...] = ()
    is_complete: bool = True
    pdf_hosts: tuple[str, ...] = ()

    @classmethod
    def of(cls, discovery: Discovery) -> "SitePlan | None":
        """The plan for what was found; None if nothing was."""
        plan = discovery.plan
        if plan.archive is None or plan.news is None:
            return None
        return cls(
            discovery.asked,
            tuple(_sources(plan.archive)),
            EntrySource(plan.news.kind, plan.news.address),
            discovery.known,
            plan.is_complete,
        )

    def to_json(self) -> str:
        """The plan as text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "SitePlan":
        """The plan that `to_json` wrote. Raises `ValueError`, `KeyError` or `TypeError`."""
        values: dict[str, Any] = json.loads(text)
        archive: Sequence[dict[str, str]] = values["archive"]
        plan = cls(
            values["address"],
            tuple(_source(each) for each in archive),
            _source(values["news"]),
            tuple(values["examples"]),
            bool(values["is_complete"]),
            tuple(values.get("pdf_hosts", ())),  # which older copies have not
        )
        addresses = (each.address for each in (*plan.archive, plan.news))
        texts = (plan.address, *addresses, *plan.examples, *plan.pdf_hosts)
        if not all(isinstance(each, str) for each in texts):
            raise ValueError("one of its addresses is not a text")
        return plan


def _sources(offer: Offer) -> list[EntrySource]:
    addresses = dict.fromkeys((offer.address, *offer.years))
    return [EntrySource(offer.kind, each) for each in addresses]


def _source(values: dict[str, str]) -> EntrySource:
    return EntrySource(OfferKind(values["kind"]), values["address"])
