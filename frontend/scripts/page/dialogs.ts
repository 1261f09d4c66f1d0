/** Native dialogs: `data-open="id"` opens one, `data-close` closes it, `data-confirm` asks before a form is sent. */

export function startDialogs(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as HTMLElement;
    const opener = target.closest<HTMLElement>("[data-open]");
    if (opener) open(opener.dataset.open ?? "");
    target.closest("[data-close]")?.closest("dialog")?.close();
    if (target instanceof HTMLDialogElement && isOutside(target, event)) target.close();
  });
  document.addEventListener("click", askFirst, { capture: true });
  document.body.addEventListener("htmx:confirm", askForHtmx);
  // A form that came back with mistakes is still the one in the dialog.
  document.body.addEventListener("htmx:afterSettle", () => {
    document.querySelectorAll<HTMLDialogElement>("dialog[data-open-now]:not([open])").forEach((dialog) => dialog.showModal());
  });
}

function open(id: string): void {
  const dialog = document.getElementById(id);
  document.querySelectorAll("details.menu[open]").forEach((menu) => menu.removeAttribute("open"));
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}

function isOutside(dialog: HTMLDialogElement, event: MouseEvent): boolean {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

/** Asks once, in the words the page gives, naming what will happen. */
export function ask(source: HTMLElement): Promise<boolean> {
  const dialog = document.getElementById("confirm") as HTMLDialogElement | null;
  if (!dialog) return Promise.resolve(true);
  write("confirm-title", source.dataset.confirmTitle);
  write("confirm-words", source.dataset.confirm);
  write("confirm-yes", source.dataset.confirmYes);
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

function write(id: string, text: string | undefined): void {
  const element = document.getElementById(id);
  if (!element) return;
  element.dataset.usual ??= element.textContent ?? "";
  element.textContent = text || element.dataset.usual;
}

let agreed: HTMLElement | undefined;

function askFirst(event: MouseEvent): void {
  const source = (event.target as Element).closest<HTMLElement>("[data-confirm]");
  if (!source || source.hasAttribute("hx-post") || source.hasAttribute("hx-delete")) return;
  if (agreed === source) {
    agreed = undefined;
    return;
  }
  event.preventDefault();
  event.stopPropagation();
  void ask(source).then((isYes) => {
    if (!isYes) return;
    agreed = source;
    source.click();
  });
}

function askForHtmx(event: Event): void {
  const { elt, issueRequest } = (event as CustomEvent<{ elt: HTMLElement; issueRequest: (skip: boolean) => void }>).detail;
  if (!elt.dataset.confirm) return;
  event.preventDefault();
  void ask(elt).then((isYes) => {
    if (isYes) issueRequest(true);
  });
}
