/**
 * Counts while somebody writes: `<textarea data-counter data-limit="300">` with a `[data-ring]` in the same `.counted`.
 * `data-count-url` asks the server, which counts as the channel does (it answers `{"used": 12, "limit": 300}`);
 * until it answers, and without one, graphemes are counted here. `data-count-after` is published behind what is written.
 */
import { post } from "./page/server";
import { number, words } from "./page/words";

const pauseMs = 250;
const segments = new Intl.Segmenter(undefined, { granularity: "grapheme" });

const graphemes = (text: string): number => [...segments.segment(text)].length;

function show(ring: HTMLElement, used: number, limit: number): void {
  const done = limit ? Math.min(100, (used / limit) * 100) : 0;
  const left = limit - used;
  const level = left < 0 ? "over" : done >= 90 ? "near" : "fine";
  ring.dataset.level = level;
  ring.querySelector(".ring-done")?.setAttribute("stroke-dasharray", `${done.toFixed(1)} 100`);
  ring.querySelector("[data-ring-words]")!.textContent = number(left);
  ring.querySelector("[data-ring-spoken]")!.textContent =
    left < 0 ? words("over", { count: number(-left) }) : words("left", { count: number(left), limit: number(limit) });
}

function follow(field: HTMLTextAreaElement | HTMLInputElement): void {
  const ring = field.closest(".counted")?.querySelector<HTMLElement>("[data-ring]");
  if (!ring) return;
  const limit = Number(field.dataset.limit ?? ring.dataset.limit ?? 0);
  const after = field.dataset.countAfter ?? "";
  const whole = () => (after ? field.value.trimEnd() + after : field.value);
  let timer = 0;
  let asked: AbortController | undefined;

  const askServer = async (url: string) => {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await post(url, new URLSearchParams({ text: whole() }), asked.signal);
      show(ring, Number(answer["used"]), Number(answer["limit"] ?? limit));
    } catch {
      // The count made here stands until the next key.
    }
  };
  const count = () => {
    show(ring, graphemes(whole()), limit);
    clearTimeout(timer);
    const url = field.dataset.countUrl;
    if (url) timer = window.setTimeout(() => void askServer(url), pauseMs);
  };
  field.addEventListener("input", count);
  count();
}

function start(root: ParentNode): void {
  root.querySelectorAll<HTMLTextAreaElement>("[data-counter]:not([data-counting])").forEach((field) => {
    field.dataset.counting = "";
    follow(field);
  });
}

start(document);
document.body.addEventListener("htmx:afterSettle", (event) => start((event.target as Element).parentNode ?? document));
