import { MaskedNeedle } from '@evolock/memory-scan';

let planted: Uint8Array | undefined;

/** Puts the canary into ordinary memory. A scan that does not find it proves nothing. */
export function plantCanary(masked: string): void {
  const canary = MaskedNeedle.parse(masked);
  // The garbage collector does not move memory outside the heap.
  planted = new Uint8Array(new ArrayBuffer(canary.length));
  canary.unmaskInto(planted);
}

/** The canary of this process. */
export function plantedCanary(): Uint8Array {
  if (planted === undefined) throw new Error('no canary was planted');
  return planted;
}
