import { fstatSync, readSync } from 'node:fs';
import { sum6Kes, sum7Kes, type KesAlgorithm } from '@evolock/kes-sum';
import { CommandError } from './command-error.js';
import { readPublic, sourceName } from './files/read-public.js';
import { bytesOfHex } from './hex.js';
import type { Surroundings } from './surroundings.js';

/** The schemes whose keys files hold; a signature's length tells them apart. */
const SCHEMES: readonly KesAlgorithm[] = [sum6Kes, sum7Kes];

const LARGEST = 65_536;

/** A signature, and the scheme that it is of. */
export interface SignatureFile {
  readonly signature: Uint8Array;
  readonly algorithm: KesAlgorithm;
}

/** Reads a signature, in binary or in hexadecimal. */
export async function readSignature(
  surroundings: Surroundings,
  path: string,
): Promise<SignatureFile> {
  const bytes = await readPublic(surroundings, path, LARGEST);
  const found = signatureIn(bytes);
  if (found !== undefined) return found;
  const sizes = SCHEMES.map(({ name, signatureSize }) => `${signatureSize} (${name})`).join(' or ');
  throw new CommandError(
    'invalid',
    `${sourceName(path)}: no KES signature: it has to be ${sizes} bytes, in binary or in hexadecimal`,
  );
}

/**
 * Whether a file holds a signature as `kes sign` writes it. Reads it only when it has the size of one: it may be a key.
 *
 * @param fd - Open for reading; its position stays.
 */
export function isSignatureFile(fd: number): boolean {
  const { size } = fstatSync(fd);
  const isSize = SCHEMES.some(({ signatureSize: n }) => [n, 2 * n, 2 * n + 1].includes(size));
  if (!isSize) return false;
  const content = new Uint8Array(size);
  return readSync(fd, content, 0, size, 0) === size && signatureIn(content) !== undefined;
}

function signatureIn(content: Uint8Array): SignatureFile | undefined {
  return schemeOf(content) ?? schemeOf(bytesOfHex(Buffer.from(content).toString('latin1').trim()));
}

function schemeOf(signature: Uint8Array | undefined): SignatureFile | undefined {
  const algorithm = SCHEMES.find(({ signatureSize }) => signatureSize === signature?.byteLength);
  return signature === undefined || algorithm === undefined ? undefined : { signature, algorithm };
}
