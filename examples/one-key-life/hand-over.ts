/** The first process: it sends the key through a pipe, and receives public lines. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { directSerialiseToChild } from '@evolock/direct-serialise-io';
import type { KesSigningKey } from '@evolock/kes-sum';

/** The file descriptor from which the second process reads the key. */
export const KEY_DESCRIPTOR = 3;

/** One line of the second process. */
export type Line =
  | { readonly verificationKey: string; readonly period: number }
  | { readonly signature: string; readonly period: number }
  | { readonly refused: string };

/** The callbacks of the first process for these lines. */
export interface Listener {
  received(verificationKey: string, period: number): void;
  signed(period: number, signature: Uint8Array): void;
  ended(signatures: number, code: string): void;
}

/**
 * Sends a key to a second process, and reads its lines until it ends. The caller releases the key.
 *
 * @param program - The program of the second process.
 * @param timeLimit - Milliseconds after which the second process is killed.
 */
export async function handOver(
  key: KesSigningKey,
  program: URL,
  timeLimit: number,
  listener: Listener,
): Promise<void> {
  const child = spawn(process.execPath, [fileURLToPath(program)], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  }) as ChildProcessByStdio<null, Readable, null>;
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  // A failed start also rejects the sending, which reports it.
  closed.catch(() => undefined);
  // A process that ends without reading the key resets the pipe. Its exit code is reported below.
  child.stdio[KEY_DESCRIPTOR]?.on('error', () => undefined);
  // Node.js 20 can collect an `AbortSignal.any` over an `AbortSignal.timeout`. This timer is referenced.
  const timer = setTimeout(() => child.kill('SIGKILL'), timeLimit);
  try {
    await directSerialiseToChild(child, KEY_DESCRIPTOR, key);
    let signatures = 0;
    let refused: string | undefined;
    for await (const text of createInterface({ input: child.stdout })) {
      const line = JSON.parse(text) as Line;
      if ('verificationKey' in line) listener.received(line.verificationKey, line.period);
      else if ('refused' in line) refused = line.refused;
      else {
        listener.signed(line.period, Buffer.from(line.signature, 'hex'));
        signatures += 1;
      }
    }
    const [code, signal] = await closed;
    if (code !== 0 || refused === undefined) {
      throw new Error(`the second process ended with ${signal ?? `exit code ${code} too early`}`);
    }
    listener.ended(signatures, refused);
  } finally {
    clearTimeout(timer);
    child.kill('SIGKILL');
  }
}
