/** Bytes that wait for more: grows by doubling, so that a line arriving byte by byte is not copied for every byte. */

export interface HeldBytes {
  readonly length: number;
  append(bytes: Uint8Array): void;
  copy(): Uint8Array;
  /** What was held followed by `bytes`; nothing is held afterwards. With nothing held it is `bytes` itself. */
  takeWith(bytes: Uint8Array): Uint8Array;
}

export function createHeldBytes(): HeldBytes {
  let room = new Uint8Array(1_024);
  let length = 0;
  return {
    get length() {
      return length;
    },
    append(bytes) {
      if (length + bytes.length > room.length) {
        const larger = new Uint8Array(Math.max(2 * room.length, length + bytes.length));
        larger.set(room.subarray(0, length));
        room = larger;
      }
      room.set(bytes, length);
      length += bytes.length;
    },
    copy: () => room.slice(0, length),
    takeWith(bytes) {
      if (length === 0) return bytes;
      const all = new Uint8Array(length + bytes.length);
      all.set(room.subarray(0, length));
      all.set(bytes, length);
      length = 0;
      return all;
    },
  };
}
