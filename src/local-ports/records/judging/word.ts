/** The first word of the program in a thread that judges files. A module of its own, as every start reads it. */
export const judgingWord = "__judge-files";
