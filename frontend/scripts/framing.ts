/**
 * Other shapes on the asset page: the window moves over the film as the camera does; a key point is added where the film
 * stands; the focal point of a still is chosen by a click or the arrow keys. Every number can be typed instead.
 */
interface Path {
  step_s: number;
  places: number[];
  cuts: number[];
  side: "across" | "down";
  size: number;
}

/** Where the window begins at a moment: between two places in the same shot, else where the next shot begins. */
function placeAt(path: Path, atS: number): number {
  const index = Math.min(Math.floor(atS / path.step_s), path.places.length - 1);
  const before = path.places[index] ?? 0;
  const after = path.places[index + 1] ?? before;
  const isCut = path.cuts.some((cut) => cut > index * path.step_s && cut <= (index + 1) * path.step_s);
  if (isCut) return path.cuts.some((cut) => cut > index * path.step_s && cut <= atS) ? after : before;
  return before + (after - before) * Math.min(1, atS / path.step_s - index);
}

function draw(figure: HTMLElement): void {
  const film = figure.querySelector<HTMLVideoElement>("video");
  const pane = figure.querySelector<HTMLElement>(".framing-window");
  const text = figure.querySelector("script[type='application/json']")?.textContent;
  if (!film || !pane || !text) return;
  const path = JSON.parse(text) as Path;
  const show = (): void => {
    const start = `${placeAt(path, film.currentTime) * 100}%`;
    const size = `${path.size * 100}%`;
    const isAcross = path.side === "across";
    Object.assign(pane.style, isAcross ? { left: start, width: size, top: "0", height: "100%" } : { top: start, height: size, left: "0", width: "100%" });
  };
  const follow = (): void => {
    if (!film.isConnected) return;
    show();
    if (!film.paused) requestAnimationFrame(follow);
  };
  for (const name of ["play", "seeked", "timeupdate", "loadedmetadata"]) film.addEventListener(name, follow);
  show();
}

function addPoint(form: HTMLElement): void {
  const list = form.querySelector<HTMLElement>("[data-point-list]");
  const row = form.querySelector("template")?.content.firstElementChild?.cloneNode(true);
  const figure = document.querySelector<HTMLElement>("[data-framing]");
  const film = figure?.querySelector("video");
  const text = figure?.querySelector("script[type='application/json']")?.textContent;
  if (!list || !(row instanceof HTMLElement)) return;
  const fields = (name: string) => row.querySelector<HTMLInputElement>(`[name=${name}]`)!;
  if (film && text) {
    const path = JSON.parse(text) as Path;
    const middle = Math.min(1, placeAt(path, film.currentTime) + path.size / 2).toFixed(3);
    fields("at_s").value = film.currentTime.toFixed(3);
    fields(path.side === "across" ? "x" : "y").value = middle;
  }
  list.append(row);
  fields("x").focus();
}

function pick(button: HTMLElement, x: number, y: number): void {
  const form = button.closest("form");
  const within = (value: number) => Math.min(1, Math.max(0, value)).toFixed(3);
  const dot = button.querySelector(".focus-dot");
  const put = (name: string, value: string, side: string) => {
    const field = form?.elements.namedItem(name);
    if (field instanceof HTMLInputElement) field.value = value;
    dot?.setAttribute(side, String(Number(value) * 100));
  };
  put("x", within(x), "cx");
  put("y", within(y), "cy");
  dot?.classList.remove("is-unset");
}

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const adding = target.closest("[data-point-add]")?.closest<HTMLElement>("[data-points]");
  if (adding) addPoint(adding);
  target.closest("[data-point-remove]")?.closest("li")?.remove();
  const picture = target.closest<HTMLElement>("[data-focus-pick]");
  const box = picture?.getBoundingClientRect();
  if (picture && box && event.detail) pick(picture, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  const dropping = target.closest("[data-focus-drop]")?.closest("form");
  if (dropping) {
    dropping.querySelectorAll<HTMLInputElement>("[name=x], [name=y]").forEach((field) => (field.value = ""));
    dropping.requestSubmit();
  }
});

document.addEventListener("keydown", (event) => {
  const picture = (event.target as Element).closest<HTMLElement>("[data-focus-pick]");
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  const dot = picture?.querySelector(".focus-dot");
  if (!picture || !step || !dot) return;
  event.preventDefault();
  const at = (name: string) => Number(dot.getAttribute(name)) / 100;
  pick(picture, at("cx") + step[0]! * 0.02, at("cy") + step[1]! * 0.02);
});

const all = (root: ParentNode) => root.querySelectorAll<HTMLElement>("[data-framing]").forEach(draw);
all(document);
document.addEventListener("htmx:afterSettle", () => all(document));
