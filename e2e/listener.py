"""What a screen reader would say: words that come into live regions, and what the focus is on."""

from playwright.sync_api import Page, expect

from e2e.window import PATIENCE_MS

# A live region is read when its words change; an alert also when it comes with its words. What else comes whole is not.
LISTEN = """(() => {
  const LIVE = "[role=status], [role=alert], [aria-live=polite], [aria-live=assertive], output";
  const said = (window.__said = []);
  const say = (region) => {
    const words = region.textContent.trim().replace(/\\s+/g, " ");
    if (words && said.at(-1) !== words) said.push(words);
  };
  new MutationObserver((changes) => {
    const fresh = new Set();
    for (const { addedNodes } of changes)
      for (const node of addedNodes)
        if (node instanceof Element) for (const each of [node, ...node.querySelectorAll("*")]) fresh.add(each);
    const regions = new Set();
    for (const { target } of changes) {
      const from = target instanceof Element ? target : target.parentElement;
      for (let at = from?.closest(LIVE); at; at = at.parentElement?.closest(LIVE)) if (!fresh.has(at)) regions.add(at);
    }
    for (const each of fresh) if (each.matches("[role=alert]")) regions.add(each);
    for (const region of regions) say(region);
  }).observe(document, { subtree: true, childList: true, characterData: true });
})()"""


class Listener:
    """Listens from before the page is there; each expectation goes on from where the one before ended."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._heard = 0
        page.add_init_script(LISTEN)

    def hears(self, words: str) -> str:
        """Until something with those words is said after all that was heard before. Returns the whole sentence."""
        found = self._page.wait_for_function(
            """([words, after]) => {
              const at = window.__said.findIndex((said, n) => n >= after && said.includes(words));
              return at >= 0 && { at, said: window.__said[at] };
            }""",
            arg=[words, self._heard],
            timeout=PATIENCE_MS,
        ).json_value()
        self._heard = int(found["at"]) + 1
        return str(found["said"])

    def forget(self) -> None:
        """Another document has begun."""
        self._heard = 0

    def stands_at(self, role: str, name: str) -> None:
        """Until the focus is there, so that its name is read."""
        expect(self._page.get_by_role(role, name=name, exact=True)).to_be_focused(timeout=PATIENCE_MS)  # type: ignore[arg-type]
