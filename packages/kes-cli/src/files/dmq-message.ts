/** Recognises messages of the queue as `kes dmq sign` writes them. It loads no code of messages. */
import { fstatSync, readSync } from 'node:fs';

/** The size of the largest message in bytes. */
const LARGEST = 2_800;

/** The heads of a message and of the message id: every message that `kes` writes begins with them. */
const START = '855820';

/** A whole message, in hexadecimal: id, payload, KES signature, certificate, cold verification key. */
const MESSAGE = /^855820.{64}83.+5901c0.{896}845820.{64}.+5840.{128}5820.{64}$/;

/**
 * Whether a file holds a message as `kes dmq sign` writes it. Reads the file only if it begins like one: other files may
 * be keys.
 *
 * @param fd - Open for reading. Its position does not change.
 */
export function isDmqMessageFile(fd: number): boolean {
  const { size } = fstatSync(fd);
  if (size > LARGEST || hexAt(fd, START.length / 2) !== START) return false;
  return MESSAGE.test(hexAt(fd, size));
}

function hexAt(fd: number, size: number): string {
  const content = Buffer.alloc(size);
  return content.subarray(0, readSync(fd, content, 0, size, 0)).toString('hex');
}
