// What an eye, a finger and a magnifier find on a page; each function answers with a list of sentences.
(() => {
  const TARGET = "a[href], button, input, select, textarea, summary, [role=tab], [role=switch], [tabindex='0']";
  const LEAST = 24;
  const SLACK = 2;

  const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true });
  const words = (element) => (element.getAttribute("aria-label") || element.textContent || element.tagName).trim().replace(/\s+/g, " ").slice(0, 50);
  /** Words for the ear alone stand in a box of one pixel. */
  const heardOnly = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const { width, height } = at.getBoundingClientRect();
      if (width <= 1.5 && height <= 1.5 && getComputedStyle(at).overflow !== "visible") return true;
    }
    return false;
  };
  /** A dialog, or what stays in its place while the page moves: it may well cover the rest. */
  const layer = (element) => {
    for (let at = element; at; at = at.parentElement) {
      if (at.matches("dialog[open]") || ["fixed", "sticky"].includes(getComputedStyle(at).position)) return at;
    }
    return document.body;
  };
  const boxes = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return [...range.getClientRects()].filter(({ width, height }) => width > 1 && height > 1);
  };

  /** Every line of text that an eye can see: its element, its box, and what of the box is left inside all that cuts. */
  function lines() {
    const found = [];
    const dialog = [...document.querySelectorAll("dialog[open]")].at(-1);
    const walker = document.createTreeWalker(dialog ?? document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (!node.data.trim() || element.closest("script, style, [aria-hidden=true], option") || !shown(element) || heardOnly(element)) continue;
      for (const box of boxes(node)) found.push({ element, box, ...left(element, box) });
    }
    return found;
  }

  /** What is left of a box, and what cut it: "scroll" can be undone by scrolling. */
  function left(element, box) {
    let { left: x, right, top, bottom } = box;
    let cut = null;
    for (let at = element; at && at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at);
      const inner = at.getBoundingClientRect();
      const across = style.overflowX !== "visible" && (x < inner.left - SLACK || right > inner.right + SLACK);
      const down = style.overflowY !== "visible" && (top < inner.top - SLACK || bottom > inner.bottom + SLACK);
      if (across || down) {
        const hard = (across && style.overflowX !== "auto" && style.overflowX !== "scroll") || (down && ["hidden", "clip"].includes(style.overflowY));
        if (hard) cut = at;
        x = Math.max(x, inner.left);
        right = Math.min(right, inner.right);
        top = Math.max(top, inner.top);
        bottom = Math.min(bottom, inner.bottom);
      }
    }
    return { cut, seen: { left: x, right, top, bottom, empty: right - x < 1 || bottom - top < 1 } };
  }

  function scrollsAcross(element) {
    for (let at = element; at; at = at.parentElement) {
      if (["auto", "scroll"].includes(getComputedStyle(at).overflowX) && at.scrollWidth > at.clientWidth) return true;
    }
    return false;
  }

  function sideways() {
    const root = document.scrollingElement;
    const found = root.scrollWidth > innerWidth + 1 ? [`the page is ${root.scrollWidth} wide`] : [];
    for (const { element, box } of lines()) {
      // A row that scrolls by itself, with the page standing still, keeps its end within reach.
      if (scrollsAcross(element)) continue;
      if (box.left < -SLACK || box.right > innerWidth + SLACK) found.push(`"${words(element)}" stands outside, ${Math.round(box.left)}–${Math.round(box.right)}`);
    }
    return found;
  }

  function cut() {
    // A link's shortened words can be read in full where it leads.
    return lines()
      .filter(({ element, cut: by }) => by !== null && !element.closest("a"))
      .map(({ element }) => `"${words(element)}" is cut`);
  }

  function overlaps() {
    const all = lines().filter(({ seen }) => !seen.empty);
    const found = [];
    for (let n = 0; n < all.length; n += 1) {
      for (let m = n + 1; m < all.length; m += 1) {
        const [a, b] = [all[n], all[m]];
        if (a.element === b.element || a.element.contains(b.element) || b.element.contains(a.element)) continue;
        const wide = Math.min(a.seen.right, b.seen.right) - Math.max(a.seen.left, b.seen.left);
        const high = Math.min(a.seen.bottom, b.seen.bottom) - Math.max(a.seen.top, b.seen.top);
        // Boxes of lines are taller than their letters; a third of a line is what an eye takes for overlapping.
        const enough = Math.min(a.box.height, b.box.height) / 3;
        if (wide > SLACK && high > enough && layer(a.element) === layer(b.element)) found.push(`"${words(a.element)}" overlaps "${words(b.element)}"`);
      }
    }
    return found;
  }

  /** WCAG 2.5.8: 24 px, or a circle of 24 px to itself; links inside a sentence are exempt. */
  function targets() {
    const place = (element) => (element.closest("label") ?? element).getBoundingClientRect();
    const all = [...document.querySelectorAll(TARGET)].filter((element) => shown(element) && !heardOnly(element) && !element.disabled);
    const middles = all.map(place).map(({ left: x, top, width, height }) => ({ x: x + width / 2, y: top + height / 2 }));
    return all.flatMap((element, n) => {
      const { width, height } = place(element);
      if (width >= LEAST && height >= LEAST) return [];
      const inSentence = getComputedStyle(element).display === "inline" && element.parentElement.textContent.trim() !== element.textContent.trim();
      const alone = middles.every((other, m) => m === n || Math.hypot(other.x - middles[n].x, other.y - middles[n].y) >= LEAST);
      return inSentence || alone ? [] : [`"${words(element)}" is ${Math.round(width)} x ${Math.round(height)}`];
    });
  }

  /** Of the element that has the focus: whether the eye finds it. */
  function focus() {
    const element = document.activeElement;
    if (!element || element === document.body) return { at: null, found: [] };
    const style = getComputedStyle(element);
    const drawn = parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== "none";
    const after = parseFloat(getComputedStyle(element, "::after").borderTopWidth) >= 2;
    const around = getComputedStyle(element.parentElement).boxShadow !== "none" && element.matches("input");
    const found = drawn || after || around ? [] : [`"${words(element)}" does not show its focus`];
    const { left: x, right, top, bottom } = element.getBoundingClientRect();
    const points = [0.5, 0.1, 0.9].flatMap((across) => [0.5, 0.1, 0.9].map((down) => [x + (right - x) * across, top + (bottom - top) * down]));
    const seen = points.some(([px, py]) => {
      const on = px >= 0 && py >= 0 && px < innerWidth && py < innerHeight ? document.elementFromPoint(px, py) : null;
      return on !== null && (element.contains(on) || on.contains(element) || on.closest("label")?.contains(element));
    });
    if (!seen) found.push(`"${words(element)}" has the focus and is hidden`);
    return { at: `${element.tagName} ${words(element)}`, found };
  }

  /** What moves by itself although less motion was asked for. */
  function motion() {
    const moving = document
      .getAnimations()
      .filter(({ playState, effect }) => playState === "running" && effect.getComputedTiming().activeDuration > 20)
      .map(({ animationName, transitionProperty, effect }) => `${animationName ?? transitionProperty} moves ${effect.target?.tagName}`);
    const drawn = [...document.querySelectorAll("animate, animateTransform, animateMotion")].filter((each) => each.ownerSVGElement.checkVisibility() && !each.ownerSVGElement.animationsPaused());
    return [...moving, ...drawn.map((each) => `${each.tagName} moves in a picture`)];
  }

  /** WCAG 1.4.12, without a style element that the page's own policy would refuse. */
  const spacing = new CSSStyleSheet();
  spacing.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }");
  function space(on) {
    document.adoptedStyleSheets = on ? [spacing] : [];
  }

  window.__eyes = { sideways, cut, overlaps, targets, focus, motion, space };
})();
