/** What the page of a figure does in the browser. Without it, everything but checks and rows is there all the same. */
import { watchChecks } from "./checks.js";
import { watchCopying } from "./copying.js";
import { watchRows } from "./rows.js";
import { watchShowing } from "./showing.js";

watchCopying();
watchShowing();
watchChecks();
watchRows();
