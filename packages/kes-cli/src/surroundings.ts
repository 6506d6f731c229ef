/** Where text goes: a stream, of which only this is used. */
export interface Output {
  readonly isTTY?: boolean;
  /** `false` once its reader has gone. */
  readonly writable?: boolean;
  write(text: string | Uint8Array): unknown;
}

/** What a run takes from the process that it runs in. */
export interface Surroundings {
  readonly args: readonly string[];
  readonly stdin: NodeJS.ReadableStream & {
    readonly fd?: number;
    readonly isTTY?: boolean;
    /** Ends reading: a pipe that is open keeps the process alive. */
    destroy?(): unknown;
  };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
}
