import { readFileSync } from 'node:fs';

/** The members of a text envelope. */
export interface Envelope {
  readonly type: string;
  readonly description: string;
  readonly cborHex: string;
}

/** A file of `cardano-cli`, parsed. */
export function envelopeIn(path: string): Envelope {
  return JSON.parse(readFileSync(path, 'utf8')) as Envelope;
}

/** The text of an envelope, as `cardano-cli` lays it out. */
export function envelopeText(type: string, cborHex: string): string {
  return JSON.stringify({ type, description: '', cborHex }, undefined, 4);
}
