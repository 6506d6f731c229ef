import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { printable } from '../printable.js';

/** Enough for a line of error, and no more of whatever else there is. */
const MAX_COMPLAINT = 2_000;

/** How a program ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The first line that it wrote to stderr. */
  readonly complaint: string;
}

/** A second Node program, started and watched. */
export class Program {
  readonly #child: ChildProcess;
  #complaint = '';
  /** Resolves when it has ended. */
  readonly ended: Promise<Ending>;

  constructor(script: URL, args: readonly string[]) {
    this.#child = spawn(process.execPath, [fileURLToPath(script), ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = (this.#complaint + text).slice(0, MAX_COMPLAINT);
    });
    this.ended = this.#end();
    // Whoever waits sees the error; nobody waiting is no error of its own.
    this.ended.catch(() => undefined);
  }

  /** Its process id; 0 where it was not started. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Ends it, unless it has ended. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async #end(): Promise<Ending> {
    // 'close' and not 'exit': by then all of stderr has arrived.
    const [code, signal] = (await once(this.#child, 'close')) as [Ending['code'], Ending['signal']];
    return { code, signal, complaint: printable(this.#complaint.trim().split('\n', 1)[0] ?? '') };
  }
}

/** A bad ending in words; `undefined` for a good one. */
export function badEnding({ code, signal, complaint }: Ending): string | undefined {
  if (signal !== null) return `the second process was killed by ${signal} before it was done`;
  if (code === 0) return undefined;
  return `the second process failed with exit code ${code ?? 'unknown'}${complaint === '' ? '' : `: ${complaint}`}`;
}
