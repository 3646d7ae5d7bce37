/** Elements made from texts: no text ever becomes an element, so that data stays data. */

export function make(
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElement {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

export function all(selector: string): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(selector)];
}

/** Read out, and shown for a moment. */
export function say(words: string): void {
  const said = document.getElementById("said");
  if (said === null) return;
  said.textContent = words;
  said.classList.add("shown");
  setTimeout(() => {
    if (said.textContent === words) said.classList.remove("shown");
  }, 4000);
}

/** Of the figure that the page shows. */
export function figureId(): string | undefined {
  return document.getElementById("figure")?.dataset.figure;
}

const glyphs = { good: "✓", bad: "✗", open: "?" } as const;

/** `more` goes on right behind the word. */
export function showState(place: HTMLElement, tone: keyof typeof glyphs, word: string, more: string): void {
  const glyph = make("span", { "aria-hidden": "true" }, glyphs[tone]);
  place.replaceChildren(make("span", { class: `state ${tone}` }, glyph, ` ${word}`), more);
  place.dataset.state = word;
}
