/**
 * Stands in the bundles for `worker_threads`, which write-file-atomic loads to tell the temporary files of threads apart. Ours have
 * names that nobody else can have, and loading it takes a millisecond.
 */
export const threadId = 0;
