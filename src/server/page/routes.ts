/** The pages of figures, their files by name, and what the pages are made with. */
import { pageIcon, pageScript, pageStyle } from "../../generated/page.js";
import type { FigureReading } from "../../operations/figures/ports.js";
import { readFigureFile } from "../../operations/figures/view/figure-files.js";
import { listFigures } from "../../operations/figures/view/list-figures.js";
import { findByName, viewFigure } from "../../operations/figures/view/view-figure.js";
import { fileAnswer } from "../answers/file-answer.js";
import type { Answer, Route, RouteRequest } from "../route.js";
import { collectionBody } from "./collection-page.js";
import { figureBody } from "./figure-page.js";
import { type Html, html } from "./html.js";
import { layOut } from "./layout.js";

export interface PagePorts extends FigureReading {
  /** What the project is called. */
  readonly projectName: string;
}

export function figurePageRoutes(ports: PagePorts): readonly Route[] {
  const page = (title: string, up: string, body: Html, status = 200): Answer => ({
    status,
    type: "text/html; charset=utf-8",
    body: layOut({ title, project: ports.projectName, up, body }),
  });
  const nowhere = (up: string) => page("Nothing here", up, nothingHere(up), 404);
  return [
    get("/", async () => page("Figures", "", collectionBody(await listFigures(ports), ports.artifacts))),
    get("/figures/:figure_id", async ({ params }) => {
      const view = await viewFigure(params.figure_id ?? "", ports);
      if (view === undefined) return nowhere("../");
      return page(view.manifest?.figure.title ?? view.id, "../", figureBody(view));
    }),
    get("/figures/:figure_id/files/:file", async ({ params }) => {
      const manifestPath = findByName(params.figure_id ?? "", ports);
      const found = manifestPath && readFigureFile(manifestPath, params.file ?? "", ports);
      if (!found) return nowhere("../../../");
      return fileAnswer(found.bytes, found.file.path.slice(found.file.path.lastIndexOf("/") + 1));
    }),
    get("/assets/page.js", async () => asset("text/javascript; charset=utf-8", pageScript)),
    get("/assets/page.css", async () => asset("text/css; charset=utf-8", pageStyle)),
    get("/assets/icon.svg", async () => asset("image/svg+xml", pageIcon)),
  ];
}

function get(path: string, answer: (request: RouteRequest) => Promise<Answer>): Route {
  return { method: "GET", path, answer };
}

function asset(type: string, body: string): Answer {
  return { status: 200, type, body };
}

function nothingHere(up: string): Html {
  return html`<h1>Nothing here</h1>
<p>There is no figure or file of that name. <a href="${up}">All figures</a></p>`;
}
