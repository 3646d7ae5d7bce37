/** Copies what a button holds; where the clipboard is closed, shows it marked, to be copied by hand. */
import { make, say } from "./elements.js";

export function watchCopying(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-copy]");
    if (button === null) return;
    void copy(button, button.dataset.copy ?? "", button.dataset.named ?? "digest");
  });
}

async function copy(button: HTMLElement, text: string, named: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(`${named} copied`);
  } catch {
    showMarked(button, text, named);
  }
}

function showMarked(button: HTMLElement, text: string, named: string): void {
  const known = button.nextElementSibling;
  const field =
    known instanceof HTMLTextAreaElement
      ? known
      : (make("textarea", {
          readonly: "",
          class: "copied",
          "aria-label": named,
          rows: "6",
        }) as HTMLTextAreaElement);
  field.value = text;
  button.after(field);
  field.focus();
  field.select();
  say(`the clipboard is closed to this page; ${named} marked, to be copied with the keyboard`);
}
