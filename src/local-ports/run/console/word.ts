/** The first word of the program in the thread that reads printed metrics. A module of its own, as every start reads it. */
export const consoleWord = "__read-console";
