import { readPublic } from './files/read-public.js';
import type { Surroundings } from './surroundings.js';

/** A message is signed in one piece, in memory. */
const LARGEST = 1_073_741_824;

/** Reads what is to be signed, or was. */
export function readMessage(surroundings: Surroundings, path: string): Promise<Uint8Array> {
  return readPublic(surroundings, path, LARGEST);
}
