/**
 * Uploads: `<div data-drop data-upload-url="…">` takes files dropped anywhere on the page or chosen in its `[data-drop-input]`.
 * Each goes up by itself as field `file` (three at a time), with its own bar, cancel and another try; what happened is announced.
 * `data-upload-list` names the list the rows go to; without one it is made after the drop.
 * The server answers `{"url": "…", "words": "…"}` or a problem with its reason.
 */
import { csrfToken, parsed, reason } from "./page/server";
import { say } from "./page/toasts";
import { number, words } from "./page/words";

const atOnce = 3;

type State = "waiting" | "running" | "done" | "failed" | "cancelled";

class Upload {
  state: State = "waiting";
  readonly row = document.createElement("li");
  private readonly words = part("span", "upload-state");
  private readonly bar = document.createElement("progress");
  private readonly button = document.createElement("button");
  private request: XMLHttpRequest | undefined;
  private startedAt = 0;

  constructor(
    readonly file: File,
    private readonly url: string,
    private readonly onChange: () => void,
  ) {
    this.row.className = "upload";
    this.bar.max = 1;
    this.bar.setAttribute("aria-label", file.name);
    this.button.type = "button";
    this.button.className = "btn btn-sm";
    this.button.addEventListener("click", () => this.press());
    const actions = part("span", "upload-actions");
    actions.append(this.button);
    this.row.append(part("span", "upload-name", file.name), this.words, this.bar, actions);
    this.become("waiting", words("waiting"));
  }

  start(): void {
    const body = new FormData();
    body.append("file", this.file);
    this.startedAt = performance.now();
    const request = (this.request = new XMLHttpRequest());
    request.open("POST", this.url);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => this.progress(event.loaded, event.total));
    request.addEventListener("load", () => this.answered(request));
    request.addEventListener("error", () => this.become("failed", words("upload_failed", { reason: words("offline") })));
    this.become("running", words("uploading", { percent: 0, left: "…" }));
    request.send(body);
  }

  private progress(sent: number, total: number): void {
    const done = total ? sent / total : 0;
    this.bar.value = done;
    const passedS = (performance.now() - this.startedAt) / 1000;
    const left = done ? (passedS * (1 - done)) / done : 0;
    this.words.textContent = done >= 1 ? words("checking") : words("uploading", { percent: number(Math.floor(done * 100)), left: span(left) });
    if (done >= 1) this.bar.removeAttribute("value");
  }

  private answered(request: XMLHttpRequest): void {
    const data = parsed(request.responseText);
    if (request.status >= 400) return this.become("failed", words("upload_failed", { reason: reason(data) }));
    const url = data["url"] as string | undefined;
    if (url) this.row.querySelector(".upload-name")!.replaceChildren(link(url, this.file.name));
    this.become("done", (data["words"] as string | undefined) ?? words("uploaded"));
  }

  private press(): void {
    if (this.state === "failed" || this.state === "cancelled") return this.become("waiting", words("waiting"));
    this.request?.abort();
    this.become("cancelled", words("upload_cancelled"));
  }

  private become(state: State, text: string): void {
    this.state = this.row.dataset.state = state;
    this.words.textContent = text;
    if (state === "done") this.bar.value = 1;
    if (state === "waiting") this.bar.value = 0;
    this.bar.hidden = state === "failed" || state === "cancelled";
    this.button.hidden = state === "done";
    const isStopped = state === "failed" || state === "cancelled";
    this.button.textContent = isStopped ? words("retry") : words("cancel");
    this.button.setAttribute("aria-label", isStopped ? `${words("retry")} ${this.file.name}` : words("remove", { name: this.file.name }));
    this.onChange();
  }
}

function part(tag: string, className: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function link(url: string, text: string): HTMLAnchorElement {
  const made = document.createElement("a");
  made.href = url;
  made.textContent = text;
  return made;
}

function span(lengthS: number): string {
  return lengthS < 60 ? `${Math.ceil(lengthS)}\u202fs` : `${Math.ceil(lengthS / 60)}\u202fmin`;
}

class Uploader {
  private readonly uploads: Upload[] = [];
  private isPumping = false;
  private wasBusy = false;

  constructor(private readonly drop: HTMLElement) {
    const input = drop.querySelector<HTMLInputElement>("[data-drop-input]");
    input?.addEventListener("change", () => {
      this.add(input.files ?? []);
      input.value = "";
    });
    document.addEventListener("dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      document.body.classList.add("is-dropping");
    });
    document.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) document.body.classList.remove("is-dropping");
    });
    document.addEventListener("drop", (event) => {
      document.body.classList.remove("is-dropping");
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      this.add(event.dataTransfer.files);
    });
    addEventListener("beforeunload", (event) => {
      if (this.busy() > 0) event.preventDefault();
    });
  }

  private add(files: Iterable<File>): void {
    for (const file of files) {
      const upload = new Upload(file, this.drop.dataset.uploadUrl ?? "", () => this.pump());
      this.uploads.push(upload);
      this.list().append(upload.row);
    }
    this.pump();
  }

  private list(): Element {
    const named = document.getElementById(this.drop.dataset.uploadList ?? "");
    if (named) return named;
    const made = part("ul", "uploads");
    made.id = this.drop.dataset.uploadList = `uploads-${Math.random().toString(36).slice(2)}`;
    this.drop.after(made);
    return made;
  }

  private busy(): number {
    return this.uploads.filter((upload) => upload.state === "running").length;
  }

  /** Starts what waits, as far as there is room, and says when all is done. */
  private pump(): void {
    if (this.isPumping) return;
    this.isPumping = true;
    for (const upload of this.uploads) {
      if (upload.state === "waiting" && this.busy() < atOnce) upload.start();
    }
    this.isPumping = false;
    const isBusy = this.busy() > 0;
    if (this.wasBusy && !isBusy) this.finish();
    this.wasBusy = isBusy;
  }

  private finish(): void {
    const done = this.uploads.filter((upload) => upload.state === "done").length;
    const level = done === this.uploads.length ? "success" : "warning";
    say(words("uploads_done", { count: number(done), total: number(this.uploads.length) }), { level });
    document.body.dispatchEvent(new CustomEvent("uploads-done", { bubbles: true }));
  }
}

document.querySelectorAll<HTMLElement>("[data-drop]").forEach((drop) => new Uploader(drop));
