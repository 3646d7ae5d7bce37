/** Specifications of figures are read by the store; callers reach it here. */
export { readFigureSpec } from "../../store/figure-spec-file.js";
