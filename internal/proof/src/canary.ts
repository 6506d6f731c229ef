import { MaskedNeedle } from '@evolock/memory-scan';

let planted: Uint8Array | undefined;

/** Puts the canary into ordinary memory, where the scan has to find it: a scan that sees nothing proves nothing. */
export function plantCanary(masked: string): void {
  const canary = MaskedNeedle.parse(masked);
  // Memory of its own, which the garbage collector does not move.
  planted = new Uint8Array(new ArrayBuffer(canary.length));
  canary.unmaskInto(planted);
}

/** The canary in this process. */
export function plantedCanary(): Uint8Array {
  if (planted === undefined) throw new Error('no canary was planted');
  return planted;
}
