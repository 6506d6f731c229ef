/** Files of messages of the queue, in binary or in hexadecimal. */
import { bytesOfHex } from '@evolock/cardano-kes';
import { MAX_MESSAGE_SIZE } from '@evolock/cardano-dmq';
import type { Session } from '../cli/session.js';
import { publicParts } from '../files/read.js';

/** The bytes that are read: the largest message in hexadecimal, with room for the end of the line. */
const LARGEST = 2 * MAX_MESSAGE_SIZE + 64;

/**
 * Reads the bytes of a message, whatever they are. Stops after the largest message: the rest of a larger file cannot make
 * it one.
 */
export async function readMessageFile(session: Session, path: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of publicParts(session, path)) {
    parts.push(part);
    size += part.byteLength;
    if (size > LARGEST) break;
  }
  const content = Buffer.concat(parts);
  const digits = size > LARGEST ? undefined : bytesOfHex(content.toString('latin1').trim());
  return digits ?? content;
}
