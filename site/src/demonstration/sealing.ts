/** What a sealer writes of a demonstration: the verifier key, hashes, and lines of seals of the format `evolock-seal/v1`. */
import { sha256 } from '@noble/hashes/sha2.js';
import { DEPTH, PERIODS, type SigningKey } from './signer.js';

const FORMAT = 'evolock-seal/v1';

/** The name of the log. */
const ORIGIN = 'example.com/demonstration';

/** The flag of the seal after which none follows. */
const END = 2;

/** The line by which anyone verifies the log. */
export function verifierKeyOf({ verificationKey }: SigningKey): string {
  // The number of the first seal, 8 bytes, is 0.
  const material = bytesOf('\u00FF', FORMAT, String.fromCharCode(DEPTH), '\0'.repeat(8));
  const all = new Uint8Array([...material, ...verificationKey]);
  const id = sha256(new Uint8Array([...bytesOf(ORIGIN, '\n'), ...all])).subarray(0, 4);
  const digits = Array.from(id, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${ORIGIN}+${digits}+${base64(all)}`;
}

/** The hash of an entry: 32 bytes. */
export function hashOfEntry(entry: string): Uint8Array {
  return sha256(new Uint8Array([0, ...new TextEncoder().encode(entry)]));
}

/**
 * The line of a seal over all hashes, by the key at its period, which is the number of the seal. The seal of the last period
 * ends the log.
 *
 * @param time - POSIX seconds.
 */
export function sealLine(key: SigningKey, hashes: readonly Uint8Array[], time: number): string {
  const number = key.period ?? PERIODS;
  const flags = number === PERIODS - 1 ? END : 0;
  const root = base64(rootOf(hashes));
  const note = `${ORIGIN}\n${hashes.length}\n${root}\n`;
  const message = `${FORMAT}\nnumber ${number}\ntime ${time}\nflags ${flags}\n${note}`;
  const signature = base64(key.sign(bytesOf(message)));
  return `${number} ${time} ${flags} ${hashes.length} ${root} ${signature}\n`;
}

/** The root of the tree. Source: RFC 6962, section 2.1. */
function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  const [first] = hashes;
  if (first === undefined) return sha256(new Uint8Array());
  if (hashes.length === 1) return first;
  const half = 2 ** Math.floor(Math.log2(hashes.length - 1));
  return sha256(
    new Uint8Array([1, ...rootOf(hashes.slice(0, half)), ...rootOf(hashes.slice(half))]),
  );
}

/** The bytes of texts of characters up to 0xFF, one each. */
function bytesOf(...texts: readonly string[]): Uint8Array {
  return Uint8Array.from(texts.join(''), (character) => character.charCodeAt(0));
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
