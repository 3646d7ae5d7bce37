/** The first word of the program in the thread that samples the program it belongs to. A module of its own, as every start reads it. */
export const samplingWord = "__sample";
