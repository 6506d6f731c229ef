/** A process that answers requests. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { StdioError } from '../errors.js';
import { type Fields, onLines } from './protocol.js';

interface Pending {
  readonly resolve: (response: Fields) => void;
  readonly reject: (error: StdioError) => void;
  readonly timer: NodeJS.Timeout;
}

/** A line as an object, or `undefined`. */
function parse(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

const EXCERPT_LENGTH = 80;

/** `spawn` throws for some failures, such as arguments that are too long. The others are `error` events. */
function started(
  command: string,
  args: readonly string[],
): ChildProcessByStdio<Writable, Readable, null> {
  try {
    return spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StdioError(
      'ERR_EVOLOCK_STDIO_NOT_STARTED',
      `${command} could not be started: ${why}`,
      { cause },
    );
  }
}

/** A process that answers requests, one line each. After a failure every request fails with the same error. */
export class StdioProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #pending = new Map<number, Pending>();
  readonly #timeout: number;
  readonly #ended: Promise<void>;
  #failure: StdioError | undefined;
  #count = 0;

  constructor(command: string, args: readonly string[], timeout: number) {
    this.#timeout = timeout;
    this.#child = started(command, args);
    this.#ended = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => {
        const how = signal === null ? `with code ${code}` : `by ${signal}`;
        this.#fail(
          new StdioError('ERR_EVOLOCK_STDIO_ENDED', `the process ended ${how} before its response`),
        );
        resolve();
      });
      this.#child.once('error', (cause) => {
        const message = `${command} could not be started: ${cause.message}`;
        this.#fail(new StdioError('ERR_EVOLOCK_STDIO_NOT_STARTED', message, { cause }));
        resolve();
      });
    });
    // A write to a process that has ended fails here. `close` reports the end.
    this.#child.stdin.on('error', () => undefined);
    onLines(this.#child.stdout, (line) => {
      if (line.trim() !== '') this.#take(line);
    });
  }

  /** Sends a request and waits for the response. The caller checks each field that it reads. */
  request(op: string, fields: Fields): Promise<Fields> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#count += 1;
    const id = this.#count;
    const response = new Promise<Fields>((resolve, reject) => {
      const timer = setTimeout(() => {
        const message = `no response to ${op} within ${this.#timeout} ms`;
        this.#fail(new StdioError('ERR_EVOLOCK_STDIO_TIMEOUT', message));
        this.#child.kill();
      }, this.#timeout);
      this.#pending.set(id, { resolve, reject, timer });
    });
    this.#child.stdin.write(`${JSON.stringify({ id, op, ...fields })}\n`);
    return response;
  }

  /** Ends the input of the process and waits for its end. A process that does not end is killed. */
  async close(): Promise<void> {
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), this.#timeout);
    await this.#ended;
    clearTimeout(timer);
  }

  #take(line: string): void {
    const response = parse(line);
    const pending = this.#pending.get(Number(response?.['id']));
    if (response === undefined || pending === undefined || typeof response['ok'] !== 'boolean') {
      const excerpt = line.slice(0, EXCERPT_LENGTH);
      this.#fail(
        new StdioError('ERR_EVOLOCK_STDIO_PROTOCOL', `not a response to a request: ${excerpt}`),
      );
      return;
    }
    this.#pending.delete(Number(response['id']));
    clearTimeout(pending.timer);
    if (response['ok']) {
      pending.resolve(response);
      return;
    }
    const { error, level } = response;
    const message = typeof error === 'string' ? error : 'refused without a reason';
    const named = typeof level === 'number' ? level : undefined;
    pending.reject(new StdioError('ERR_EVOLOCK_STDIO_REFUSED', message, { level: named }));
  }

  #fail(failure: StdioError): void {
    this.#failure ??= failure;
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(this.#failure);
    }
    this.#pending.clear();
  }
}
