import { sum6Kes } from '@evolock/kes-sum';
import { prove } from './demo-error.js';
import { periodMessage } from './period-message.js';

/** A Sum6 signature begins with the leaf's own, and then both leaves' verification keys of the innermost pair. */
const LEAF_SIGNATURE_SIZE = 64;
const LEAF_KEY_SIZE = 32;

/** Checks signatures with nothing but the verification key, and remembers which leaf made each. */
export class SignatureCheck {
  /** 32 bytes. */
  readonly verificationKey: Uint8Array;
  /** Verification keys of the leaves that have signed, in hexadecimal, by period. */
  readonly leaves = new Map<number, string>();

  constructor(verificationKey: Uint8Array) {
    this.verificationKey = verificationKey;
  }

  /** Shows that a signature is good at its period, and at no other. */
  check(period: number, signature: Uint8Array): void {
    const message = periodMessage(period);
    for (let claimed = 0; claimed < sum6Kes.totalPeriods; claimed += 1) {
      const verdict = sum6Kes.verify(this.verificationKey, claimed, message, signature);
      const claim = `the signature of period ${period} is ${claimed === period ? 'good' : 'refused'} at ${claimed}`;
      prove(verdict === (claimed === period), claim);
    }
    this.leaves.set(period, leafOf(signature, period));
  }
}

/** The verification key of the leaf that made a signature, in hexadecimal: the left one of the pair at even periods. */
export function leafOf(signature: Uint8Array, period: number): string {
  const start = LEAF_SIGNATURE_SIZE + (period % 2) * LEAF_KEY_SIZE;
  return Buffer.from(signature.subarray(start, start + LEAF_KEY_SIZE)).toString('hex');
}
