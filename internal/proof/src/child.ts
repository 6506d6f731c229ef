/** The scanned process. It does one operation and stops itself without output. */
import { MaskedNeedle } from '@evolock/memory-scan';
import { controls } from './operations/controls.js';
import type { Subject } from './operations/operation.js';
import { furtherDown, prepareToStop, stopThisProcess } from './stop.js';

/** What a scanned process gets on its command line, as JSON. Secrets in it are masked. */
export interface ChildArguments {
  /** The operation. */
  readonly id: string;
  /** How often it runs before with random secrets. */
  readonly repetitions: number;
  /** The masked secret. Empty when the process receives it from another. */
  readonly secret: string;
  /** The masked bytes that it keeps in ordinary memory. Every scan has to find them. */
  readonly canary: string;
  readonly folder: string;
}

/** Values that stay alive until the scan. */
export let alive: unknown;
export let planted: Uint8Array | undefined;

/** Puts the canary into ordinary memory. A scan that does not find it proves nothing. */
function plantCanary(masked: string): void {
  const canary = MaskedNeedle.parse(masked);
  // The garbage collector does not move memory outside the heap.
  planted = new Uint8Array(new ArrayBuffer(canary.length));
  canary.unmaskInto(planted);
}

/** An operation, with what makes its subjects. A control loads none of the packages. */
async function operationNamed(id: string) {
  const control = controls.find(({ name }) => id === `controls: ${name}`);
  if (control !== undefined) return { operation: control, subjectOf: bareSubject };
  const { operationOf, subjectOf } = await import('./operations/all.js');
  return { operation: operationOf(id), subjectOf };
}

function bareSubject(secret: MaskedNeedle, folder: string): Subject {
  const seed = () => {
    throw new Error('a control has no locked seed');
  };
  return { folder, seed, plant: (memory) => secret.unmaskInto(memory) };
}

function releaseAll(values: unknown): void {
  for (const value of [values].flat(2) as ({ release?(): void } | null | undefined)[])
    value?.release?.();
}

async function main(): Promise<void> {
  const { id, repetitions, secret, canary, folder } = JSON.parse(
    process.argv[2] ?? '',
  ) as ChildArguments;
  const { operation, subjectOf } = await operationNamed(id);
  const other = () => MaskedNeedle.random('another', 32);
  const subject = subjectOf(secret === '' ? other() : MaskedNeedle.parse(secret), folder);
  plantCanary(canary);
  prepareToStop();
  for (let done = 0; done < repetitions; done += 1)
    releaseAll(await operation.run(subjectOf(other(), folder)));
  alive = furtherDown(() => operation.run(subject));
  // As little code as possible runs between the operation and the stop: the event loop does not turn either.
  if (alive instanceof Promise) alive = await (alive as Promise<unknown>);
  if (operation.stopsItself !== true) stopThisProcess();
}

void main();
