import { openCatalog } from "../../src/local-ports/records/catalog.js";
import { holdsTheContract, type Open } from "./contract.js";

const openColumnar: Open = (root) =>
  openCatalog(root, {}, { folder: undefined, namespace: undefined, maximumBytes: undefined, isFresh: false })
    .catalog;

holdsTheContract("columnar", openColumnar);
