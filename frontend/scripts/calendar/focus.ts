/** The keyboard among the cards: arrows go to the next one as they lie, and a card that is drawn anew keeps the focus. */

const cards = "[data-post], [data-rest]";
const ways: Record<string, [x: number, y: number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const aside = 4; // how much farther a card counts that lies to the side of the way

export function startFocus(root: HTMLElement): void {
  let last: HTMLElement | null = null;
  root.addEventListener("focusin", (event) => (last = (event.target as Element).closest<HTMLElement>(cards)));
  root.addEventListener("keydown", (event) => {
    const from = (event.target as Element).closest<HTMLElement>(cards);
    const way = ways[event.key];
    if (!from || !way || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = nextIn(root, from, way);
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
  new MutationObserver(() => {
    if (!last || last.isConnected || document.activeElement !== document.body) return;
    const again = [...root.querySelectorAll<HTMLElement>(cards)].find((one) => one.dataset.post === last?.dataset.post && one.dataset.rest === last?.dataset.rest);
    again?.focus({ preventScroll: true });
  }).observe(root, { childList: true, subtree: true });
}

/** The nearest card in that direction. */
function nextIn(root: HTMLElement, from: HTMLElement, [x, y]: [number, number]): HTMLElement | undefined {
  const here = middle(from);
  let best: HTMLElement | undefined;
  let least = Infinity;
  root.querySelectorAll<HTMLElement>(cards).forEach((card) => {
    const there = middle(card);
    const along = (there.x - here.x) * x + (there.y - here.y) * y;
    const across = Math.abs((there.x - here.x) * y) + Math.abs((there.y - here.y) * x);
    const far = along + across * aside;
    if (card !== from && along > 1 && far < least) [best, least] = [card, far];
  });
  return best;
}

function middle(card: HTMLElement): { x: number; y: number } {
  const box = card.getBoundingClientRect();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
