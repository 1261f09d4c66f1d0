/**
 * The piece editor. Plain words are kept by `autosave`; what adds, moves or takes out is an htmx button in the form, which
 * waits here until everything typed is saved, because its answer draws the fields anew.
 */
import htmx from "htmx.org";

const form = document.getElementById("piece-form") as HTMLFormElement | null;
const waitMs = 5000; // for a save under way, before a button gives up and lets the server decide

/** True once nothing typed is left unsaved; false when the save was refused and its reason stands on the page. */
async function settled(): Promise<boolean> {
  if (!form?.dataset.autosave) return true;
  const until = performance.now() + waitMs;
  do {
    await new Promise((next) => setTimeout(next, 25)); // a box or list that asks by being changed has told the form by then
    if (form.dataset.autosaveState === "unsaved") form.dispatchEvent(new Event("save-now"));
  } while (["unsaved", "saving"].includes(form.dataset.autosaveState ?? "") && performance.now() < until);
  return !["failed", "conflict"].includes(form.dataset.autosaveState ?? "");
}

/** Holds a button's request back until the form is saved. A button that asks first (`data-confirm`) has been answered by then. */
function holdBack(event: Event): void {
  const { elt, path, issueRequest } = (event as CustomEvent<{ elt: HTMLElement; path: string; issueRequest: (skip: boolean) => void }>).detail;
  if (event.defaultPrevented || path !== form?.dataset.changeUrl || elt.dataset.confirm) return;
  event.preventDefault();
  void settled().then((isSaved) => {
    if (isSaved) issueRequest(true);
  });
}

/** The same for buttons that ask: they are saved before the question is put, since the answer sends at once. */
function saveBeforeAsking(event: Event): void {
  const source = (event.target as Element).closest<HTMLElement>("#piece-form [data-confirm]");
  if (source && form?.dataset.autosaveState === "unsaved") form.dispatchEvent(new Event("save-now"));
}

function chooseTab(slug: string): void {
  const kept = form?.querySelector<HTMLInputElement>("[data-piece-tab]");
  if (!form || !kept || kept.value === slug) return;
  kept.value = slug;
  void htmx.ajax("get", `${form.dataset.previewUrl}?channel=${encodeURIComponent(slug)}`, { target: "#preview", swap: "outerHTML" });
}

/** Goes to the first of the named fields that is there, opening its tab. */
function goTo(names: string): void {
  for (const name of names.split(" ")) {
    const field = form?.elements.namedItem(name);
    if (!(field instanceof HTMLElement)) continue;
    const panel = field.closest<HTMLElement>("[role=tabpanel]");
    if (panel?.hidden) document.getElementById(panel.getAttribute("aria-labelledby") ?? "")?.click();
    field.closest("details")?.setAttribute("open", "");
    field.focus();
    field.scrollIntoView({ block: "center" });
    return;
  }
}

// What a crop keeps: a click on the picture, or the arrow keys.
function put(button: HTMLElement, x: number, y: number): void {
  const within = (value: number) => Math.min(1, Math.max(0, value));
  write(button, within(x).toFixed(3), within(y).toFixed(3));
}

function write(button: HTMLElement, x: string, y: string): void {
  const name = button.dataset.focusPoint ?? "";
  const fields = ["x", "y"].map((part) => form?.elements.namedItem(`${name}.${part}`) as HTMLInputElement | null);
  [x, y].forEach((value, at) => fields[at] && (fields[at].value = value));
  const dot = button.querySelector(".focus-dot");
  dot?.classList.toggle("is-unset", !x);
  dot?.setAttribute("cx", String(x ? Number(x) * 100 : 50));
  dot?.setAttribute("cy", String(y ? Number(y) * 100 : 50));
  fields[0]?.dispatchEvent(new Event("input", { bubbles: true }));
}

function nudge(button: HTMLElement, event: KeyboardEvent): void {
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  const dot = button.querySelector(".focus-dot");
  if (!step || !dot) return;
  event.preventDefault();
  const at = (name: string) => Number(dot.getAttribute(name)) / 100;
  put(button, at("cx") + step[0]! * 0.02, at("cy") + step[1]! * 0.02);
}

function click(event: MouseEvent): void {
  const target = event.target as Element;
  const picture = target.closest<HTMLElement>("[data-focus-point]");
  const box = picture?.getBoundingClientRect();
  if (picture && box && event.detail) put(picture, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  const clear = target.closest<HTMLElement>("[data-focus-clear]");
  const cleared = clear && document.querySelector<HTMLElement>(`[data-focus-point="${CSS.escape(clear.dataset.focusClear ?? "")}"]`);
  if (cleared) write(cleared, "", "");
  const way = target.closest<HTMLElement>("[data-focus-field]");
  if (way) goTo(way.dataset.focusField ?? "");
}

// Order by dragging; the buttons beside each do the same without a mouse.
let moving: HTMLElement | undefined;

function drag(event: DragEvent): void {
  const item = (event.target as Element).closest<HTMLElement>(".tray-item");
  if (event.type === "dragstart" && item) {
    moving = item;
    item.classList.add("is-moving");
    event.dataTransfer?.setData("text/plain", "");
  }
  if (!moving) return;
  document.querySelectorAll(".is-before").forEach((other) => other.classList.remove("is-before"));
  if (event.type === "dragover" && item) {
    event.preventDefault();
    item.classList.add("is-before");
  }
  if (event.type === "drop" && item) {
    event.preventDefault();
    if (item !== moving) reorder(moving, item);
  }
  if (event.type === "dragend") {
    moving.classList.remove("is-moving");
    moving = undefined;
  }
}

function reorder(moved: HTMLElement, before: HTMLElement): void {
  const ids = [...document.querySelectorAll<HTMLElement>(".tray-item")].filter((item) => item !== moved).map((item) => item.dataset.asset ?? "");
  ids.splice(ids.indexOf(before.dataset.asset ?? ""), 0, moved.dataset.asset ?? "");
  void settled().then((isSaved) => {
    const values = { action: `order:${ids.join(",")}`, tab: form?.querySelector<HTMLInputElement>("[data-piece-tab]")?.value ?? "" };
    if (isSaved) void htmx.ajax("post", form?.dataset.changeUrl ?? "", { values, target: "#piece-fields", swap: "innerHTML" });
  });
}

/** A refused form that says why in its own place is shown, not only told in the corner. */
function showRefusal(event: Event): void {
  const { xhr, requestConfig } = (event as CustomEvent<{ xhr: XMLHttpRequest; requestConfig: { elt: HTMLElement } }>).detail;
  const isShown = requestConfig.elt.closest("[data-shows-refusals]") && xhr.responseText.includes("<section");
  if (xhr.status !== 422 || !isShown) return;
  Object.assign((event as CustomEvent).detail, { shouldSwap: true, isError: false });
}

document.body.addEventListener("htmx:confirm", holdBack);
document.body.addEventListener("htmx:beforeSwap", showRefusal);
document.body.addEventListener("htmx:afterRequest", (event) => {
  // Who asked stands in `requestConfig`: `elt` is a parent by now, when the answer took the asker's place.
  const { requestConfig, successful } = (event as CustomEvent<{ requestConfig: { elt: HTMLElement }; successful: boolean }>).detail;
  if (successful && requestConfig.elt.hasAttribute("data-closes")) requestConfig.elt.closest("dialog")?.close();
});
document.addEventListener("click", saveBeforeAsking, { capture: true });
document.addEventListener("click", click);
document.addEventListener("keydown", (event) => {
  const picture = (event.target as Element).closest?.<HTMLElement>("[data-focus-point]");
  if (picture) nudge(picture, event);
});
document.addEventListener("focusin", (event) => {
  const tab = (event.target as Element).closest<HTMLElement>("[role=tab][data-channel]");
  if (tab) chooseTab(tab.dataset.channel ?? "");
});
document.addEventListener("click", (event) => {
  const tab = (event.target as Element).closest<HTMLElement>("[role=tab][data-channel]");
  if (tab) chooseTab(tab.dataset.channel ?? "");
});
for (const kind of ["dragstart", "dragover", "drop", "dragend"] as const) document.addEventListener(kind, drag);
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  form.dispatchEvent(new Event("save-now"));
});
form?.addEventListener("autosaved", (event) => {
  const title = (event as CustomEvent<{ title?: string }>).detail.title;
  const place = document.querySelector("[data-piece-title]");
  if (title && place) place.textContent = title;
});
