import htmx from "htmx.org";

/** The panel at the side (`components/side.html`): a link with `data-side` opens its page's part there, the page stays as it is. */
export function startSide(): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-side]");
    if (link && !isForElsewhere(event) && openSide(link.href, link)) event.preventDefault();
  });
  panel()?.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) panel()?.close();
  });
  panel()?.addEventListener("close", () => cameFrom?.focus());
}

let cameFrom: HTMLElement | null = null;

const panel = (): HTMLDialogElement | null => document.getElementById("side") as HTMLDialogElement | null;

/** Whether the reader wants another tab or window. */
export const isForElsewhere = (event: MouseEvent): boolean => event.ctrlKey || event.metaKey || event.shiftKey || event.button > 0;

/** Shows the part at that address; false where the page has no panel. The page beside it stays usable. */
export function openSide(url: string, opener: HTMLElement | null): boolean {
  const dialog = panel();
  const place = dialog?.querySelector<HTMLElement>("[data-side-body]");
  if (!dialog || !place) return false;
  cameFrom = opener;
  place.replaceChildren();
  dialog.ariaBusy = "true";
  if (!dialog.open) dialog.show();
  void htmx.ajax("get", url, { target: place, swap: "innerHTML" }).then(() => (dialog.ariaBusy = "false"));
  return true;
}
