/**
 * Keeps a form: `<form data-autosave="address">` is posted a moment after the last change.
 * The server answers `{"version": "…"}`; a hidden field named `version` carries it back, so that the server can say 409 when
 * somebody else was faster. Then both texts are shown and the person chooses.
 */
import { post, Refused } from "./page/server";
import { clockTime, words } from "./page/words";

const pauseMs = 900;

type State = "unsaved" | "saving" | "saved" | "failed" | "conflict";

class Keeper {
  private timer = 0;
  private isSaving = false;
  private isChanged = false;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly url: string,
  ) {
    form.addEventListener("input", () => this.later());
    form.addEventListener("change", () => this.later());
    form.addEventListener("save-now", () => void this.save());
    addEventListener("beforeunload", (event) => {
      if (this.isChanged) event.preventDefault();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden && this.isChanged) void this.save();
    });
  }

  private later(): void {
    this.isChanged = true;
    this.tell("unsaved", words("unsaved"));
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.save(), pauseMs);
  }

  private async save(): Promise<void> {
    clearTimeout(this.timer);
    if (this.isSaving) return;
    this.isSaving = true;
    this.isChanged = false;
    this.tell("saving", words("saving"));
    try {
      this.keep(await post(this.url, new FormData(this.form)));
    } catch (problem) {
      this.isChanged = true;
      this.fail(problem as Refused);
    } finally {
      this.isSaving = false;
    }
    if (this.isChanged && this.form.dataset.autosaveState === "saved") this.later();
  }

  private keep(answer: Record<string, unknown>): void {
    const version = this.form.querySelector<HTMLInputElement>("[name=version]");
    if (version && answer["version"] !== undefined) version.value = String(answer["version"]);
    this.tell("saved", words("saved", { time: clockTime(new Date()) }));
    this.form.dispatchEvent(new CustomEvent("autosaved", { bubbles: true, detail: answer }));
  }

  private fail(problem: Refused): void {
    if (problem.status !== 409) return this.tell("failed", words("save_failed", { reason: problem.message }));
    this.tell("conflict", words("conflict"));
    const theirs = (problem.data["theirs"] ?? {}) as Record<string, string>;
    showBoth(this.form, theirs, String(problem.data["version"] ?? ""), () => this.later());
  }

  private tell(state: State, text: string): void {
    this.form.dataset.autosaveState = state;
    document.querySelectorAll<HTMLElement>(`[data-saved="${this.form.id}"], #${CSS.escape(this.form.id || "-")} [data-saved]`).forEach((place) => {
      place.dataset.state = state;
      place.querySelector("[data-saved-words]")!.textContent = text;
    });
  }
}

/** Fills `<dialog id="conflict">`: a row per field that differs, with both texts; then "mine" or "theirs" is kept. */
function showBoth(form: HTMLFormElement, theirs: Record<string, string>, version: string, done: () => void): void {
  const dialog = document.getElementById("conflict") as HTMLDialogElement | null;
  const rows = dialog?.querySelector("[data-conflict-rows]");
  if (!dialog || !rows || dialog.open) return;
  const field = (name: string) => form.elements.namedItem(name) as HTMLInputElement | null;
  const differing = Object.entries(theirs).filter(([name, text]) => field(name) && field(name)?.value !== text);
  rows.replaceChildren(...differing.map(([name, text]) => row(field(name)?.value ?? "", text)));
  dialog.returnValue = "";
  dialog.showModal();
  const settle = () => {
    if (!dialog.returnValue) return;
    const stamp = field("version");
    if (stamp) stamp.value = version;
    if (dialog.returnValue === "theirs") differing.forEach(([name, text]) => (field(name)!.value = text));
    done();
  };
  dialog.addEventListener("close", settle, { once: true });
}

function row(mine: string, theirs: string): HTMLElement {
  const made = document.createElement("div");
  made.className = "both";
  for (const text of [mine, theirs]) {
    const part = document.createElement("pre");
    part.textContent = text;
    made.append(part);
  }
  return made;
}

document.querySelectorAll<HTMLFormElement>("form[data-autosave]").forEach((form) => new Keeper(form, form.dataset.autosave ?? ""));
