// A time code beside a player: a click plays from that moment. Without the script the link opens the file there.

export function startPlayer(): void {
  const asked = Number(new URLSearchParams(window.location.search).get("t")); // a search found words spoken there
  const first = document.querySelector<HTMLMediaElement>("video.player, audio.player");
  if (first && asked > 0) first.currentTime = asked;
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-seek]") : null;
    const player = document.querySelector<HTMLMediaElement>("video.player, audio.player");
    if (!link || !player) return;
    event.preventDefault();
    player.currentTime = Number(link.dataset.seek);
    player.scrollIntoView({ block: "nearest" });
    player.focus();
    player.play().catch(() => undefined); // a browser that lets nothing play by itself shows the moment all the same
  });
}
