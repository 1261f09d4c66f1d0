import { number, words } from "../page/words";

export type State = "waiting" | "running" | "reading" | "done" | "failed" | "cancelled";

/** What became of a file, as the server tells it. */
export interface Became {
  key: string;
  state: string;
  words: string;
  is_ended: boolean;
  is_good: boolean;
  url: string;
  thumb: string;
}

/** One file's line: its name, a bar of its own, what is happening to it, and a button to stop it or try again. */
export class Row {
  state: State = "waiting";
  readonly element = document.createElement("li");
  private readonly words = part("span", "upload-state");
  private readonly title: HTMLElement;
  private readonly bar = document.createElement("progress");
  private readonly button = document.createElement("button");
  private startedAt = 0;
  private startedFrom = 0;

  constructor(
    readonly name: string,
    readonly sizeBytes: number,
  ) {
    this.title = part("span", "upload-name", name);
    this.element.className = "upload";
    this.bar.max = 1;
    this.bar.setAttribute("aria-label", name);
    this.button.type = "button";
    this.button.className = "btn btn-sm";
    const actions = part("span", "upload-actions");
    actions.append(this.button);
    this.element.append(this.title, this.words, this.bar, actions);
    this.become("waiting", words("waiting"));
  }

  onPress(act: (isStopped: boolean) => void): void {
    this.button.addEventListener("click", () => act(this.state === "failed"));
  }

  press(): void {
    this.button.click();
  }

  progress(sentBytes: number, totalBytes: number): void {
    if (this.state !== "running") {
      this.startedAt = performance.now();
      this.startedFrom = sentBytes; // what was there before tells nothing about the speed
      this.become("running", "");
    }
    const done = totalBytes ? sentBytes / totalBytes : 0;
    const speed = (sentBytes - this.startedFrom) / (performance.now() - this.startedAt); // bytes in a millisecond
    const left = speed > 0 ? span((totalBytes - sentBytes) / speed / 1000) : "…";
    this.bar.value = done;
    this.words.textContent = words("uploading", { percent: number(Math.floor(done * 100)), left });
  }

  /** Says what the server says of the file; a duplicate and a stored one with its picture and a way to it. */
  became(told: Became): void {
    this.become(told.is_ended ? (told.is_good ? "done" : "failed") : "reading", told.words);
    this.button.hidden = true;
    if (told.url) this.title.replaceChildren(link(told.url, this.name));
    if (!told.thumb || this.element.querySelector("img")) return;
    const picture = document.createElement("img");
    Object.assign(picture, { src: told.thumb, alt: "", width: 48, height: 48, className: "upload-thumb" });
    this.element.prepend(picture);
  }

  become(state: State, text: string): void {
    this.state = state;
    this.element.dataset.state = state;
    this.words.textContent = text;
    const isOver = state === "failed" || state === "cancelled" || state === "done";
    if (state === "waiting") this.bar.value = 0;
    if (state === "reading") this.bar.removeAttribute("value");
    this.bar.hidden = isOver;
    this.button.hidden = state === "done" || state === "reading" || state === "cancelled";
    this.button.textContent = state === "failed" ? words("retry") : words("cancel");
    this.button.setAttribute("aria-label", state === "failed" ? `${words("retry")} ${this.name}` : words("remove", { name: this.name }));
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
