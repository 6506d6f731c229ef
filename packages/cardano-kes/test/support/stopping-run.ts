import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** What a run came to, or where it stopped. */
export interface Said {
  readonly stopped?: string;
  readonly number?: number;
  readonly reason?: string;
  /** Its calls to the file system that were about locks. */
  readonly calls?: readonly string[];
}

const program = fileURLToPath(new URL('stopping-child.mjs', import.meta.url));

/** A process that issues a certificate and stops where it is told to. */
export class StoppingRun {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  constructor(counterPath: string, stopAt: number | 'working') {
    this.#child = spawn(process.execPath, [program, counterPath, String(stopAt)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  /** What it says next. */
  async said(): Promise<Said> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error('the process ended without a word');
    return JSON.parse(value) as Said;
  }

  goOn(): void {
    this.#child.stdin.end('\n');
  }

  /** Ends it as nothing else does: it can clear nothing up. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await once(this.#child, 'exit');
    }
  }
}
