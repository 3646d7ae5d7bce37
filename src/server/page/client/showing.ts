/** The image or the chart; and all that is folded, on paper. */
import { all } from "./elements.js";

export function watchShowing(): void {
  const buttons = all("[data-show]");
  const show = (wanted: string) => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.show === wanted));
    for (const view of all("[data-view]")) view.hidden = view.dataset.view !== wanted;
  };
  for (const button of buttons) button.addEventListener("click", () => show(button.dataset.show ?? ""));
  if (buttons.length > 0) show("image");
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
  openTarget();
  addEventListener("hashchange", openTarget);
}

/** What an address points to is seen, also where it lies in something folded. */
function openTarget(): void {
  const target = document.getElementById(location.hash.slice(1));
  const details = target?.closest("details");
  if (details) details.open = true;
}
