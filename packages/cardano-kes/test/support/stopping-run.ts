import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { folder } from './files.js';

/** The result of a run, or the call at which it stopped. */
export interface Said {
  readonly stopped?: string;
  readonly number?: number;
  readonly reason?: string;
  /** Its calls to the file system that concern locks. */
  readonly calls?: readonly string[];
}

const program = fileURLToPath(new URL('stopping-child.mjs', import.meta.url));

/** A process that issues a certificate and stops before a given call. */
export class StoppingRun {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  constructor(counterPath: string, stopAt: number | 'working') {
    const certificatePath = join(folder(), 'node.cert');
    const args = [program, counterPath, certificatePath, String(stopAt)];
    this.#child = spawn(process.execPath, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  async said(): Promise<Said> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error('the process ended without a report');
    return JSON.parse(value) as Said;
  }

  goOn(): void {
    this.#child.stdin.end('\n');
  }

  /** Kills it: it runs no cleanup. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await once(this.#child, 'exit');
    }
  }
}
