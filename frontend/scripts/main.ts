import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/bricolage-grotesque/wght.css";
import "../styles/main.scss";
import { startDialogs } from "./page/dialogs";
import { startFind } from "./page/find";
import { startKeys } from "./page/keys";
import { startSwaps } from "./page/swaps";
import { startTheme } from "./page/theme";
import { startToasts } from "./page/toasts";
import { startWidgets } from "./page/widgets";

startTheme();
startToasts();
startDialogs();
startKeys();
startFind();
startWidgets();
startSwaps();
document.querySelector<HTMLElement>("[data-focus]")?.focus();
