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
  const found =
    schemeOf(bytes) ?? schemeOf(bytesOfHex(Buffer.from(bytes).toString('latin1').trim()));
  if (found !== undefined) return found;
  const sizes = SCHEMES.map(({ name, signatureSize }) => `${signatureSize} (${name})`).join(' or ');
  throw new CommandError(
    'invalid',
    `${sourceName(path)}: no KES signature: it has to be ${sizes} bytes, in binary or in hexadecimal`,
  );
}

function schemeOf(signature: Uint8Array | undefined): SignatureFile | undefined {
  const algorithm = SCHEMES.find(({ signatureSize }) => signatureSize === signature?.byteLength);
  return signature === undefined || algorithm === undefined ? undefined : { signature, algorithm };
}
