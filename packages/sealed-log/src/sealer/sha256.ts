/** SHA-256 of Node.js. */
import { createHash, hash } from 'node:crypto';
import type { Sha256 } from '../format/tree.js';

const whole = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer');

/** SHA-256 by one call, and in parts. */
export const sha256: Sha256 = Object.assign(whole, {
  create: () => createHash('sha256'),
});
