/** Reads files of signing keys into locked memory, and takes their verification keys. */
import {
  FileError,
  inspectEnvelope,
  looksLikeKeyText,
  readColdSigningKey,
  readKesSigningKey,
  readVrfSigningKey,
  type ColdSigningKeyFile,
  type KesSigningKeyFile,
  type VrfSigningKeyFile,
} from '@evolock/cardano-kes';
import { invalid, usage } from '@evolock/command-line/errors';
import { aboutFile } from '../errors.js';
import { printable, STDIN } from '@evolock/command-line/text';
import { KIND_IN_WORDS } from '../files/write.js';

/** The caller releases the key, here and below. */
export function loadKesSigningKey(path: string): KesSigningKeyFile {
  return load(path, 'a KES signing key', readKesSigningKey);
}

export function loadColdSigningKey(path: string): ColdSigningKeyFile {
  return load(path, 'a cold signing key', readColdSigningKey);
}

export function loadVrfSigningKey(path: string): VrfSigningKeyFile {
  return load(path, 'a VRF signing key', readVrfSigningKey);
}

/** Reads a KES signing key for the duration of some work, and releases it. */
export async function withSigningKey<T>(
  path: string,
  work: (file: KesSigningKeyFile) => T | Promise<T>,
): Promise<T> {
  const file = loadKesSigningKey(path);
  try {
    return await work(file);
  } finally {
    file.signingKey.release();
  }
}

/** Refuses a signing key from standard input: the program that writes it would have the key in its memory. */
export function refuseStdin(path: string): void {
  if (path !== STDIN) return;
  throw usage('a signing key is read from a file only, not from standard input');
}

/** Refuses a signing key on the command line, without printing it. */
function refuseKeyText(path: string): void {
  if (!looksLikeKeyText(path)) return;
  throw usage(
    'a signing key is read from a file only, and the argument looks like a key itself: other users of this machine can see it, and the history of the shell keeps it',
  );
}

function load<T>(path: string, expected: string, read: (path: string) => T): T {
  refuseStdin(path);
  refuseKeyText(path);
  try {
    return aboutFile(path, () => read(path));
  } catch (error) {
    const found = isOpenToOthers(error) ? publicKindOf(path) : undefined;
    if (found === undefined) throw error;
    throw invalid(`${printable(path)}: it is ${found}, and ${expected} is needed here`, {
      cause: error,
    });
  }
}

/** A public file given where a signing key is expected: its mode is the first difference from a key. */
function isOpenToOthers(error: unknown): boolean {
  return error instanceof FileError && error.reason === 'readable-by-others';
}

function publicKindOf(path: string): string | undefined {
  try {
    const { kind } = inspectEnvelope(path);
    return kind === undefined || kind.includes('signing') ? undefined : KIND_IN_WORDS[kind];
  } catch {
    // The first error is reported.
    return undefined;
  }
}

interface OfOneUse {
  deriveVerificationKey(): Uint8Array;
  release(): void;
}

/** The verification key of a signing key. Releases the signing key. */
export function derivedOf(signingKey: OfOneUse): Uint8Array {
  try {
    return signingKey.deriveVerificationKey();
  } finally {
    signingKey.release();
  }
}

interface SignerOptions {
  readonly skey?: string;
  readonly agentSign?: string;
}

export function checkSigner({ skey, agentSign }: SignerOptions): void {
  if ((skey === undefined) !== (agentSign === undefined)) return;
  throw usage('name one signer: --skey <file>, or --agent-sign <path> for an agent');
}
