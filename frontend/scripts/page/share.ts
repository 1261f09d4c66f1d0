/** Handing files to an app of the phone: the button is there only where the browser can do it. */

export function startSharing(): void {
  const button = document.querySelector<HTMLButtonElement>("[data-share]");
  const links = [...document.querySelectorAll<HTMLAnchorElement>("a[data-file]")];
  const probe = links.map((link) => new File([""], link.dataset.file ?? "", { type: link.dataset.type }));
  if (!button || !probe.length || !navigator.canShare?.({ files: probe })) return;
  button.hidden = false;
  let files: File[] = [];
  button.addEventListener("click", async () => {
    button.setAttribute("aria-busy", "true");
    try {
      if (!files.length) files = await Promise.all(links.map(fetched));
      await navigator.share({ files });
    } catch (error) {
      // Fetching may take longer than a tap counts: the next one shares at once. Closing the sheet is no fault.
      if (!(error instanceof DOMException)) throw error;
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
}

async function fetched(link: HTMLAnchorElement): Promise<File> {
  const answer = await fetch(link.href);
  return new File([await answer.blob()], link.dataset.file ?? "", { type: link.dataset.type });
}
