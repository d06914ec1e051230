"""The headline of a page: the title that a person sees above the text."""

from collections.abc import Sequence

from retrieval.sources.boilerplate import boilerplate_category
from retrieval.sources.html.blocks import Block
from retrieval.sources.html.metadata import Metadata, without_site_name
from retrieval.sources.html.surroundings import is_prose
from retrieval.text.tokens import words

_MAX_WORDS = 60
_NAME_WORDS = 3  # at most, of the name of a site
_MAX_LINE = 400  # characters
_CHROME = frozenset(("nav", "footer", "aside", "menu"))


def find_headline(blocks: Sequence[Block], metadata: Metadata) -> tuple[str, int | None]:
    """Return the headline and the number of the block that shows it; None if none does.

    Of the headings, and the lines that the page's own titles repeat, the best is taken: one that is
    the title, a heading of the first level, not the name of the site and not in a menu.
    """
    titles = [without_site_name(title, metadata.site_names) for title in metadata.titles]
    known = [words(title) for title in titles]
    whole = [words(title) for title in metadata.titles]
    names = {tuple(words(name)) for name in metadata.site_names}
    best, best_score = None, 0.0
    for number, block in enumerate(blocks):
        if len(block.text) > _MAX_LINE or not (tokens := words(block.text)):
            continue
        score = _score(block, tokens, known, whole)
        if tuple(tokens) in names or boilerplate_category(block.text):
            score -= 4
        if score > best_score:
            best, best_score = number, score
    given = next((t for t, tokens in zip(titles, known, strict=True) if _is_title(t, tokens)), "")
    text = "" if best is None else blocks[best].text
    if tuple(words(text)) in {(), *names} or boilerplate_category(text):
        heading = _first_heading(blocks)
        best = None if given else best if heading is None else heading
    if best is not None:
        return blocks[best].text, best
    return given or next(filter(None, titles), ""), None


def _is_title(title: str, tokens: list[str]) -> bool:
    """Whether what a page gives as its title is more than the name of a site or a section."""
    return len(tokens) > _NAME_WORDS and not boilerplate_category(title)


def _first_heading(blocks: Sequence[Block]) -> int | None:
    """Return the first heading that is no link, label or menu, above the text."""
    for number, block in enumerate(blocks):
        in_chrome = any(each.tag in _CHROME for each in block.element.lineage)
        if in_chrome or block.link_share > 0.9 or boilerplate_category(block.text):
            continue
        if block.heading and len(words(block.text)) > 1:
            return number
        if is_prose(block):
            return None
    return None


def _score(
    block: Block, tokens: list[str], titles: Sequence[list[str]], whole: Sequence[list[str]]
) -> float:
    """How likely a block is the headline: 0 or less if it cannot be."""
    level = block.heading
    if len(tokens) > _MAX_WORDS:
        return 0
    if block.link_share > 0.9 and level != 1 and not (level and tokens in titles):
        return 0
    score = {1: 3.0, 2: 1.0, 3: 0.5}.get(level, 0.0)
    if tokens in titles:
        score += 4
    elif any(title[: len(tokens)] == tokens for title in whole) and len(tokens) >= 3:
        score += 3
    elif any(_is_run(tokens, title) or _is_run(title, tokens) for title in titles):
        score += 2 * (level > 0)
    elif level != 1:
        return 0
    if any(each.tag in _CHROME for each in block.element.ancestors):
        score -= 2.5
    return score + min(len(tokens), 4) / 8


def _is_run(part: list[str], of: list[str]) -> bool:
    """Whether three words or more are found as a run in a longer list of words."""
    size = len(part)
    return size >= 3 and any(of[n : n + size] == part for n in range(len(of) - size + 1))
