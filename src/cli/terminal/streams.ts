/** What a command may write to, and what it may know of the terminal. Results go to `out`, everything else to `err`. */
export interface Streams {
  readonly out: (text: string | Uint8Array) => void;
  readonly err: (text: string | Uint8Array) => void;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  readonly columns: number;
  readonly env: NodeJS.ProcessEnv;
  readonly directory: string;
}
