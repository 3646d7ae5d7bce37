/** What every page has around it. Addresses are relative, so that the server may stand behind another one. */
import { type Html, html } from "./html.js";

export interface Page {
  readonly title: string;
  readonly project: string;
  /** From the page to the server's root: empty, or `../`. */
  readonly up: string;
  readonly body: Html;
}

export function layOut({ title, project, up, body }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · ${project}</title>
<link rel="stylesheet" href="${up}assets/page.css">
<link rel="icon" href="${up}assets/icon.svg" type="image/svg+xml">
<script src="${up}assets/page.js" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="bar"><a class="home" href="${up === "" ? "./" : up}">Colophon</a> <span class="project">${project}</span></header>
<main id="main" tabindex="-1">
${body}
</main>
<p id="said" class="said" role="status"></p>
</body>
</html>
`.text;
}
