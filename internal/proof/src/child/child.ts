/**
 * The scanned process. It does one operation and stops itself without output.
 */
import { MaskedNeedle } from '@evolock/memory-scan';
import { MLockedSeed } from '@evolock/mlocked-seed';
import { operationOf } from '../operations/all-operations.js';
import { plantCanary } from './canary.js';
import { readArguments } from './child-arguments.js';
import type { Operation, Subject } from '../operations/operation.js';
import { furtherDown, prepareToStop, stopThisProcess } from './stop.js';

/** Values that stay alive until the scan. */
export let alive: unknown;

function subjectOf(secret: MaskedNeedle, folder: string): Subject {
  const plant = (memory: Uint8Array): void => secret.unmaskInto(memory);
  return {
    folder,
    plant,
    seed() {
      const seed = MLockedSeed.newZeroed(32);
      seed.withBytes(plant);
      return seed;
    },
  };
}

async function warmUp(operation: Operation, times: number, folder: string): Promise<void> {
  for (let done = 0; done < times; done += 1) {
    const other = subjectOf(MaskedNeedle.random('another', 32), folder);
    releaseAll(await operation.run(other));
  }
}

function releaseAll(values: unknown): void {
  for (const value of [values].flat(2)) {
    if (typeof value === 'object' && value !== null && 'release' in value) {
      (value as { release: () => void }).release();
    }
  }
}

async function main(): Promise<void> {
  const { id, repetitions, secret, canary, folder } = readArguments(process.argv.slice(2));
  const operation = operationOf(id);
  const masked = secret === '' ? MaskedNeedle.random('nothing', 32) : MaskedNeedle.parse(secret);
  const subject = subjectOf(masked, folder);
  plantCanary(canary);
  prepareToStop();
  if (repetitions > 0) await warmUp(operation, repetitions, folder);
  alive = furtherDown(() => operation.run(subject));
  // As little code as possible runs between the operation and the stop: the event loop does not turn either.
  if (alive instanceof Promise) alive = await (alive as Promise<unknown>);
  if (operation.stopsItself !== true) stopThisProcess();
}

void main();
