/** The only word with which the program starts itself, to gather what would block. A module of its own, as every start reads it. */
export const gathererWord = "__gather-slow-facts";
