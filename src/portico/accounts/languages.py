"""The languages that the built page has. Which ones there are, the page's own files say; nothing here names one but the last resort."""

from collections.abc import Sequence
from dataclasses import dataclass

from portico.errors import Invalid

FALLBACK = "en"


class UnknownLocale(Invalid):
    """The page has no texts in this language."""

    code = "unknown_locale"


@dataclass(frozen=True, slots=True)
class Languages:
    """The tags (BCP 47) of the page's languages. Without any, as where no page is built, every tag is taken as it is."""

    tags: tuple[str, ...] = ()

    def require(self, tag: str | None) -> None:
        """Raise UnknownLocale unless the page has this language; None, which follows the browser, is always fine."""
        if tag is not None and self.tags and tag not in self.tags:
            raise UnknownLocale("Choose one of " + ", ".join(self.tags) + ".", locales=list(self.tags))

    def has(self, tag: str) -> bool:
        return not self.tags or tag in self.tags

    def choose(self, wanted: Sequence[str]) -> str:
        """Return the first of `wanted` that the page has, exactly or by its primary language; else the last resort."""
        for tag in wanted:
            found = self._nearest(tag.lower())
            if found is not None:
                return found
        return FALLBACK if self.has(FALLBACK) else self.tags[0]

    def _nearest(self, wanted: str) -> str | None:
        primary = wanted.partition("-")[0]
        near = [tag for tag in self.tags if tag.lower().partition("-")[0] == primary]
        return next((tag for tag in near if tag.lower() == wanted), None) or min(near, key=len, default=None)


ANY = Languages()
"""Where no page is built."""
