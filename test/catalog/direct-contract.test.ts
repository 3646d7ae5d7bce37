import { holdsTheContract, openDirect } from "./contract.js";

holdsTheContract("direct", openDirect);
