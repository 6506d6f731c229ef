/** Files of keys: signing keys in locked memory, verification keys from a file, standard input or an option. */
import {
  inspectEnvelope,
  looksLikeKeyText,
  readColdSigningKey,
  readKesSigningKey,
  readVrfSigningKey,
  type ColdSigningKeyFile,
  type KesSigningKeyFile,
  type VrfSigningKeyFile,
  parseVerificationKey,
  readVerificationKey as readKeyFile,
  type VerificationKeyFile,
  type VerificationKeyKind,
} from '@evolock/cardano-kes';
import { FileError } from '@evolock/cardano-kes/all';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import type { Check } from '@evolock/command-line/answer';
import { invalid, usage } from '@evolock/command-line/errors';
import { printable, STDIN, sourceName } from '@evolock/command-line/text';
import { sum6Kes, type KesAlgorithm } from '@evolock/kes-sum';
import type { Session } from '@evolock/command-line/session';
import { aboutFile, ifPossible } from '../errors.js';
import { KIND_IN_WORDS } from './write.js';
import { parseEnvelope, readEnvelope, type Readers } from './read.js';

/** The end of a block that is `using` the file releases the key. */
export function loadKesSigningKey(path: string): KesSigningKeyFile & Disposable {
  const file = load(path, 'a KES signing key', readKesSigningKey);
  return { ...file, [Symbol.dispose]: () => file.signingKey.release() };
}

/** The caller releases the key, here and below. */
export function loadColdSigningKey(path: string): ColdSigningKeyFile {
  return load(path, 'a cold signing key', readColdSigningKey);
}

export function loadVrfSigningKey(path: string): VrfSigningKeyFile {
  return load(path, 'a VRF signing key', readVrfSigningKey);
}

/** Refuses a signing key from standard input: the program that writes it would have the key in its memory. */
export function refuseStdin(path: string): void {
  if (path !== STDIN) return;
  throw usage('a signing key is read from a file only, not from standard input');
}

function load<T>(path: string, expected: string, read: (path: string) => T): T {
  refuseStdin(path);
  if (looksLikeKeyText(path))
    throw usage(
      'a signing key is read from a file only, and the argument looks like a key itself: other users of this machine can see it, and the history of the shell keeps it',
    );
  try {
    return aboutFile(path, () => read(path));
  } catch (cause) {
    // A public file given where a signing key is expected: its mode is the first difference from a key.
    const isOpen = cause instanceof FileError && cause.reason === 'readable-by-others';
    const found = isOpen ? publicKindOf(path) : undefined;
    if (found === undefined) throw cause;
    throw invalid(`${printable(path)}: it is ${found}, and ${expected} is needed here`, { cause });
  }
}

function publicKindOf(path: string): string | undefined {
  const kind = ifPossible(() => inspectEnvelope(path).kind);
  return kind === undefined || kind.includes('signing') ? undefined : KIND_IN_WORDS[kind];
}

interface OfOneUse extends Disposable {
  deriveVerificationKey(): Uint8Array;
}

/** The verification key of a signing key, which `use` gets too. Releases the signing key. */
export function derivedOf<K extends OfOneUse>(signingKey: K, use?: (key: K) => void): Uint8Array {
  using key = signingKey;
  const verificationKey = key.deriveVerificationKey();
  use?.(key);
  return verificationKey;
}

export function checkSigner({ skey, agentSign }: { skey?: string; agentSign?: string }): void {
  if ((skey === undefined) !== (agentSign === undefined)) return;
  throw usage('name one signer: --skey <file>, or --agent-sign <path> for an agent');
}

const readersOf = (kind: VerificationKeyKind): Readers<VerificationKeyFile> => ({
  read: (path) => readKeyFile(kind, path),
  parse: (text) => parseVerificationKey(kind, text),
});

export const KEY_FORMS = 'a file, -, hexadecimal digits, or bech32';

export const KES_KEY = readersOf('kes');
export const COLD_KEY = readersOf('cold');
export const VRF_KEY = readersOf('vrf');

const KEY_OPTIONS = { '--vkey': KES_KEY, '--kes-vkey': KES_KEY, '--cold-vkey': COLD_KEY } as const;

type KeyOption = keyof typeof KEY_OPTIONS;

/**
 * Reads a verification key from a file, from standard input, or from the option itself: hexadecimal digits or bech32.
 * An error names the option instead of the text, which may be a signing key.
 */
export async function readVerificationKey(
  session: Session,
  option: KeyOption,
  text: string,
): Promise<VerificationKeyFile> {
  const readers = KEY_OPTIONS[option];
  return looksLikeKeyText(text)
    ? parseEnvelope(option, Buffer.from(text), readers.parse)
    : readEnvelope(session, text, readers);
}

/** Checks that a certificate names the key of an option; no check when the option is absent. */
export async function keyChecks(
  session: Session,
  option: KeyOption,
  text: string | undefined,
  named: Uint8Array,
): Promise<Check[]> {
  if (text === undefined) return [];
  const { verificationKey } = await readVerificationKey(session, option, text);
  const valid = sameBytes(verificationKey, named);
  const name = option === '--cold-vkey' ? 'cold key' : 'KES key';
  return [{ valid, words: `its ${name} is ${valid ? '' : 'not '}that of ${sourceName(text)}` }];
}

/** The type that the file of a verification key states. The key itself does not contain its depth. */
export function verificationKeyType({ depth }: KesAlgorithm): string {
  return `KesVerificationKey_ed25519_kes_2^${depth}`;
}

/** Reads the KES key of a new certificate. Refuses one of another depth than 6: no Cardano network accepts its signatures. */
export async function keyToCertify(session: Session, text: string): Promise<Uint8Array> {
  const { verificationKey, type } = await readVerificationKey(session, '--kes-vkey', text);
  if (type === verificationKeyType(sum6Kes)) return verificationKey;
  throw invalid(
    `${sourceName(text)}: by its type it is a key of depth 7, and block headers hold signatures of depth 6 only: make another key pair (kes keygen)`,
  );
}
