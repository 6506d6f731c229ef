/** Files of KES signatures, in binary or in hexadecimal. */
import { bytesOfHex } from '@evolock/cardano-kes';
import { fstatSync, readSync } from 'node:fs';
import { sum6Kes, sum7Kes, type KesAlgorithm } from '@evolock/kes-sum';
import { CommandError } from '../cli/errors.js';
import type { Session } from '../cli/session.js';
import { sourceName } from '../cli/text.js';
import { readPublic } from './read.js';

/** The algorithms of key files. The size of a signature determines its algorithm. */
const ALGORITHMS: readonly KesAlgorithm[] = [sum6Kes, sum7Kes];

/** The size limit of a signature file in bytes. */
const LARGEST = 65_536;

/** A signature and its algorithm. */
export interface SignatureFile {
  readonly signature: Uint8Array;
  readonly algorithm: KesAlgorithm;
}

/** Reads a signature. */
export async function readSignature(session: Session, path: string): Promise<SignatureFile> {
  const bytes = await readPublic(session, path, LARGEST);
  const found = signatureIn(bytes);
  if (found !== undefined) return found;
  const sizes = ALGORITHMS.map(({ name, signatureSize }) => `${signatureSize} (${name})`);
  throw new CommandError(
    'invalid',
    `${sourceName(path)}: it is not a KES signature, which has ${sizes.join(' or ')} bytes, in binary or in hexadecimal`,
  );
}

/**
 * Whether a file holds a signature as `kes sign` writes it. Reads the file only if it has the size of one: other files may
 * be keys.
 *
 * @param fd - Open for reading. Its position does not change.
 */
export function isSignatureFile(fd: number): boolean {
  const { size } = fstatSync(fd);
  const fits = ALGORITHMS.some(({ signatureSize: n }) => [n, 2 * n, 2 * n + 1].includes(size));
  if (!fits) return false;
  const content = new Uint8Array(size);
  return readSync(fd, content, 0, size, 0) === size && signatureIn(content) !== undefined;
}

function signatureIn(content: Uint8Array): SignatureFile | undefined {
  return ofSize(content) ?? ofSize(bytesOfHex(Buffer.from(content).toString('latin1').trim()));
}

function ofSize(signature: Uint8Array | undefined): SignatureFile | undefined {
  const algorithm = ALGORITHMS.find(({ signatureSize }) => signatureSize === signature?.byteLength);
  return signature === undefined || algorithm === undefined ? undefined : { signature, algorithm };
}
