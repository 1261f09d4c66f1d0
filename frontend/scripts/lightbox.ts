/** One large picture of a collection: the arrow keys go on and back, Escape shows all. */
document.addEventListener("keydown", (event) => {
  const target = event.target as HTMLElement;
  if (event.altKey || event.ctrlKey || event.metaKey || target.closest("input, textarea, video, audio")) return;
  const turned = document.documentElement.dir === "rtl";
  const links: Record<string, string> = {
    ArrowLeft: turned ? "a[rel=next]" : "a[rel=prev]",
    ArrowRight: turned ? "a[rel=prev]" : "a[rel=next]",
    Escape: "a[data-back-to-all]",
  };
  const link = links[event.key] && document.querySelector<HTMLAnchorElement>(links[event.key]!);
  if (link) link.click();
});
