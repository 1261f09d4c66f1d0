/**
 * The board: `[data-board]` with `data-put-url`, columns `[data-column]`, cards `[data-card]` that can be dragged. Its menu says the
 * same as a form. What is refused goes back and says why; what needs a time, or costs an approval, is asked first. Ctrl-Z takes
 * the last step back.
 */
import { done, startUndo } from "./calendar/undoing";
import { post, Refused } from "./page/server";
import { say } from "./page/toasts";
import { words } from "./page/words";

type Fields = Record<string, string | string[]>;

interface Asked {
  code: string;
  message: string;
  values?: { at?: string; accounts?: { id: number; name: string }[] };
}

const shown = (): HTMLElement | null => document.querySelector("[data-board]");

const columnOf = (place: EventTarget | null): HTMLElement | null => (place instanceof Element ? place.closest<HTMLElement>("[data-column]") : null);

let dragged: HTMLElement | null = null;

function start(): void {
  document.addEventListener("dragstart", (event) => {
    dragged = (event.target as Element).closest?.<HTMLElement>("[data-card]") ?? null;
    dragged?.classList.add("is-dragged");
    if (dragged && event.dataTransfer) event.dataTransfer.effectAllowed = "move";
  });
  document.addEventListener("dragover", (event) => {
    const column = columnOf(event.target);
    if (!dragged) return;
    mark(column);
    if (column) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const column = columnOf(event.target);
    if (!dragged || !column) return;
    event.preventDefault();
    if (!column.contains(dragged)) void put(dragged.dataset.title ?? "", { card: dragged.dataset.card ?? "", to: column.dataset.column ?? "" });
  });
  document.addEventListener("dragend", () => {
    dragged?.classList.remove("is-dragged");
    dragged = null;
    mark(null);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const card = form.closest<HTMLElement>("[data-card]");
    if (!card || form.method !== "post") return;
    event.preventDefault();
    form.closest("details")?.removeAttribute("open");
    void put(card.dataset.title ?? "", { card: card.dataset.card ?? "", to: (event.submitter as HTMLButtonElement).value });
  });
  document.addEventListener("keydown", (event) => {
    const card = (event.target as Element).closest?.<HTMLElement>("[data-card]");
    if (event.key === "m" && card && !event.ctrlKey && !event.metaKey && !event.altKey) openMenu(card);
  });
  startUndo(redraw);
}

function openMenu(card: HTMLElement): void {
  const menu = card.querySelector("details");
  if (menu) menu.open = true;
  menu?.querySelector<HTMLElement>("button")?.focus();
}

function mark(column: HTMLElement | null): void {
  shown()?.querySelectorAll("[data-column]").forEach((one) => one.classList.toggle("is-over", one === column));
}

/** Puts the card there, asks what has to be asked, and draws the board as it is then. */
async function put(title: string, fields: Fields): Promise<void> {
  try {
    const answer = await send(fields);
    const undo = answer["undo"] as Fields;
    if (Object.keys(undo).length) done(answer["words"] as string, async () => void (await send(undo)));
    else say(answer["words"] as string, { level: "success" });
    await redraw(String(fields["card"]));
  } catch (problem) {
    const [first] = (problem instanceof Refused ? (problem.data["problems"] as Asked[] | undefined) : undefined) ?? [];
    if (first?.code === "board.time") return askTime(first, (more) => void put(title, { ...fields, ...more }));
    if (first?.code === "board.sure") return askSure((problem as Error).message, () => void put(title, { ...fields, sure: "yes" }));
    say(words("move_refused", { title, reason: (problem as Error).message }), { level: "error" });
  }
}

function send(fields: Fields): Promise<Record<string, unknown>> {
  const body = new URLSearchParams({ by: shown()?.dataset.board ?? "" });
  Object.entries(fields).forEach(([name, value]) => [value].flat().forEach((one) => body.append(name, one)));
  return post(shown()?.dataset.putUrl ?? "", body);
}

/** The board as the server has it now; the focus stays on the card. */
async function redraw(card = ""): Promise<void> {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  const drawn = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-board]") : null;
  const board = shown();
  if (!drawn || !board) return;
  const { scrollLeft } = board;
  board.replaceWith(document.adoptNode(drawn));
  const now = shown();
  if (now) now.scrollLeft = scrollLeft;
  if (card && document.activeElement === document.body) (now?.querySelector<HTMLElement>(`[data-card="${CSS.escape(card)}"] a`) ?? now)?.focus({ preventScroll: true });
}

const part = <Kind extends HTMLElement>(name: string): Kind => document.querySelector<Kind>(`#board-ask ${name}`)!;

function askTime(asked: Asked, give: (more: Fields) => void): void {
  const { at = "", accounts = [] } = asked.values ?? {};
  const field = part<HTMLInputElement>("input[type=datetime-local]");
  const places = part<HTMLFieldSetElement>("[data-ask-accounts]");
  field.value = at;
  places.hidden = !accounts.length;
  places.querySelectorAll("label").forEach((one) => one.remove());
  accounts.forEach((one) => places.append(choice(one, accounts.length === 1)));
  ask(words("board_when"), asked.message, words("board_plan"), true, () => give({ at: field.value, account: [...places.querySelectorAll<HTMLInputElement>("input:checked")].map((one) => one.value) }));
}

const askSure = (sentence: string, go: () => void): void => ask(words("board_sure"), sentence, words("move_now"), false, go);

function choice(account: { id: number; name: string }, isOn: boolean): HTMLLabelElement {
  const label = document.createElement("label");
  const box = Object.assign(document.createElement("input"), { type: "checkbox", className: "form-check-input", value: String(account.id), checked: isOn });
  const name = document.createElement("span");
  name.textContent = account.name;
  label.className = "form-check";
  label.append(box, name);
  return label;
}

function ask(title: string, sentence: string, button: string, hasTime: boolean, go: () => void): void {
  const dialog = document.getElementById("board-ask") as HTMLDialogElement;
  part("[data-ask-title]").textContent = title;
  part("[data-ask-words]").textContent = sentence;
  part("[data-ask-go]").textContent = button;
  part("[data-ask-time]").hidden = !hasTime;
  dialog.returnValue = "";
  dialog.showModal();
  dialog.addEventListener("close", () => dialog.returnValue === "go" && go(), { once: true });
}

start();
