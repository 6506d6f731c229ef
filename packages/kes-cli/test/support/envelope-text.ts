import { readFileSync } from 'node:fs';

/** A file of `cardano-cli`, parsed. */
export function envelopeIn(path: string): { type: string; description: string; cborHex: string } {
  return JSON.parse(readFileSync(path, 'utf8')) as ReturnType<typeof envelopeIn>;
}
