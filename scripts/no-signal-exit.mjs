/**
 * Stands in the bundles for `signal-exit`, by which write-file-atomic wants to remove its temporary file when a signal ends the
 * process: for every write it would put in listeners for fourteen signals and take them out again, 140 system calls. The write is one
 * synchronous stretch, in which no listener can run; and a signal that arrived in it would be lost with the listeners.
 */
export function onExit() {
  return () => {};
}
