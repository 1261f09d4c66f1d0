/**
 * Two versions of a file: beside each other, under a slider, laid over each other or subtracted; films and sound in step.
 * `[data-compare]` holds two `.compare-medium`, the choice of ways, and for films and sound the buttons that move both.
 */

const place = document.querySelector<HTMLElement>("[data-compare]");
const media = [...(place?.querySelectorAll<HTMLElement>(".compare-medium") ?? [])];

function one<T extends HTMLElement>(selector: string): T | null {
  return place?.querySelector<T>(selector) ?? null;
}

function startWays(stage: HTMLElement): void {
  const mix = one<HTMLInputElement>("[data-mix]");
  const show = (way: string) => {
    stage.dataset.way = way;
    const mixed = one<HTMLElement>(".compare-mix");
    if (mixed) mixed.hidden = !["slider", "overlay"].includes(way);
    place?.querySelectorAll<HTMLElement>("[data-words]").forEach((words) => (words.hidden = words.dataset.words !== way));
  };
  const blend = () => stage.style.setProperty("--mix", String(Number(mix?.value ?? 50) / 100));
  place?.querySelectorAll<HTMLInputElement>("input[name=way]").forEach((choice) => {
    choice.addEventListener("change", () => show(choice.value));
    if (choice.checked) show(choice.value);
  });
  mix?.addEventListener("input", blend);
  blend();
  dragOn(stage, mix);
}

/** The slider's line follows the pointer over the picture too. */
function dragOn(stage: HTMLElement, mix: HTMLInputElement | null): void {
  const follow = (event: PointerEvent) => {
    if (!mix || stage.dataset.way !== "slider" || !(event.buttons & 1)) return;
    const box = stage.getBoundingClientRect();
    mix.value = String(Math.round(((event.clientX - box.left) / box.width) * 100));
    mix.dispatchEvent(new Event("input"));
    event.preventDefault();
  };
  stage.addEventListener("pointerdown", follow);
  stage.addEventListener("pointermove", follow);
  stage.addEventListener("dragstart", (event) => event.preventDefault());
}

/** The second one leads; the first is brought back to it whenever it strays by more than a frame. */
class InStep {
  private readonly play = one<HTMLButtonElement>("[data-play]");
  private readonly seek = one<HTMLInputElement>("[data-seek-both]");
  private readonly clock = one<HTMLOutputElement>("[data-clock]");
  private readonly frameS: number;

  constructor(
    private readonly first: HTMLMediaElement,
    private readonly leader: HTMLMediaElement,
  ) {
    this.frameS = Number(leader.dataset.frameS ?? first.dataset.frameS ?? 0.04);
    this.play?.addEventListener("click", () => void this.toggle());
    this.seek?.addEventListener("input", () => this.go((Number(this.seek?.value) / 1000) * this.lengthS()));
    place?.querySelectorAll<HTMLButtonElement>("[data-step]").forEach((button) => {
      button.addEventListener("click", () => this.step(Number(button.dataset.step)));
    });
    place?.querySelectorAll<HTMLInputElement>("input[name=heard]").forEach((choice) => {
      choice.addEventListener("change", () => this.hear(Number(choice.value)));
    });
    leader.addEventListener("timeupdate", () => this.tell());
    leader.addEventListener("loadedmetadata", () => this.tell());
    [first, leader].forEach((medium) => medium.addEventListener("ended", () => this.ended()));
  }

  private lengthS(): number {
    return Math.max(this.first.duration || 0, this.leader.duration || 0);
  }

  private async toggle(): Promise<void> {
    const starts = this.leader.paused && this.first.paused;
    if (starts) {
      if (this.leader.ended || this.first.ended) this.go(0);
      this.first.currentTime = this.leader.currentTime;
      await Promise.allSettled([this.first.play(), this.leader.play()]);
    } else {
      this.pause();
    }
    this.pressed(starts);
  }

  private pause(): void {
    this.first.pause();
    this.leader.pause();
    this.first.currentTime = Math.min(this.leader.currentTime, this.first.duration || 0);
  }

  private go(seconds: number): void {
    [this.first, this.leader].forEach((medium) => (medium.currentTime = Math.min(seconds, medium.duration || 0)));
    this.tell();
  }

  private step(frames: number): void {
    this.pause();
    this.pressed(false);
    this.go(Math.max(0, this.leader.currentTime + frames * this.frameS));
  }

  private hear(which: number): void {
    this.first.muted = which !== 0;
    this.leader.muted = which !== 1;
  }

  private ended(): void {
    if (this.first.paused && this.leader.paused) this.pressed(false);
  }

  private pressed(isPlaying: boolean): void {
    this.play?.setAttribute("aria-pressed", String(isPlaying));
  }

  private tell(): void {
    const now = this.leader.currentTime;
    const strayed = Math.abs(this.first.currentTime - now) > 2 * this.frameS;
    if (strayed && !this.first.seeking && now < (this.first.duration || 0)) this.first.currentTime = now;
    if (this.seek && document.activeElement !== this.seek) this.seek.value = String((now / (this.lengthS() || 1)) * 1000);
    if (this.clock) this.clock.textContent = `${Math.floor(now / 60)}:${(now % 60).toFixed(2).padStart(5, "0")}`;
  }
}

const stage = one<HTMLElement>(".compare");
if (stage) startWays(stage);
const [first, leader] = media;
if (first instanceof HTMLMediaElement && leader instanceof HTMLMediaElement) new InStep(first, leader);
document.querySelectorAll<HTMLFormElement>("form[data-submits-itself]").forEach((form) => form.addEventListener("change", () => form.requestSubmit()));
