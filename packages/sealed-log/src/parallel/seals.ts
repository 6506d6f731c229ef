/**
 * Signatures of seals that are verified before the walk comes to them. Which key made a seal is a guess from the lines
 * before it, and the walk decides: a proof counts for exactly the verification that it names.
 */
import { hash } from 'node:crypto';
import { decodeBase64 } from '../format/base64.js';
import { MATERIAL_SIZE, readKey } from '../format/key.js';
import { keyAfter, MAX_SEAL_LINE_SIZE, readSealLine, signedMessage } from '../format/seal.js';
import type { KesVerification, SealCryptography } from '../verify/cryptography.js';

const NEWLINE = 0x0a;
const SPACE = 0x20;

/** Characters of a material as base64. */
const MATERIAL_LENGTH = (MATERIAL_SIZE / 3) * 4;

/** The arguments of a verification. */
type Verification = Readonly<Parameters<KesVerification['verify']>>;

/** The name of a verification: a hash of all that it depends on. */
export function nameOf(
  depth: number,
  [verificationKey, period, message, signature]: Verification,
): string {
  const sizes = Buffer.from([depth, period, message.length, signature.length].join(' '));
  return hash('sha256', Buffer.concat([verificationKey, sizes, message, signature]), 'binary');
}

/** What verifies the seals of messages, in order. A message is the material of the key of its first line, and lines. */
export type ProveMessages = (
  messages: AsyncGenerator<Uint8Array, void>,
) => AsyncGenerator<readonly string[], void>;

/** The names of the verifications of a message that hold. */
export function provedSeals(
  { kesOfDepth }: Pick<SealCryptography, 'kesOfDepth'>,
  origin: string,
  message: Uint8Array,
): string[] {
  const proved: string[] = [];
  const lines = Buffer.from(message.buffer, message.byteOffset, message.length)
    .toString('latin1', MATERIAL_SIZE)
    .split('\n');
  let key = readKey(origin, message.slice(0, MATERIAL_SIZE));
  for (const line of lines.slice(0, -1)) {
    const seal = readSealLine(line);
    if (seal === undefined || key === undefined || seal.number > key.last) break;
    // The walk skips seals before the first key.
    if (seal.number < key.first) continue;
    const message = signedMessage(origin, seal);
    const verification = [
      key.verificationKey,
      seal.number - key.first,
      message,
      seal.signature,
    ] as const;
    if (kesOfDepth(key.depth).verify(...verification)) proved.push(nameOf(key.depth, verification));
    key = keyAfter(key, seal);
  }
  return proved;
}

/**
 * The bytes of a file of seals, each line after its verification.
 *
 * @param seals - The bytes of the file.
 * @param material - Of the key of the first line.
 * @param prove - Verifies the lines.
 * @param proved - Takes the names of the verifications that hold.
 */
export async function* sealsAfterProof(
  seals: AsyncIterable<Uint8Array>,
  material: Uint8Array,
  prove: ProveMessages,
  proved: Set<string>,
): AsyncGenerator<Uint8Array, void> {
  const sent: Uint8Array[] = [];
  async function* messages(): AsyncGenerator<Uint8Array, void> {
    let key = material;
    for await (const lines of wholeLines(seals)) {
      sent.push(lines);
      yield Buffer.concat([key, lines]);
      key = successorIn(lines) ?? key;
    }
  }
  for await (const names of prove(messages())) {
    for (const name of names) proved.add(name);
    yield sent.shift() ?? new Uint8Array();
  }
}

/** Bytes cut behind newlines, and elsewhere only at the end and in a line that is no seal. */
async function* wholeLines(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void> {
  let rest = Buffer.alloc(0);
  for await (const piece of pieces) {
    const bytes = Buffer.concat([rest, piece]);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    rest = bytes.subarray(end);
    if (rest.length > MAX_SEAL_LINE_SIZE) {
      rest = Buffer.alloc(0);
      yield bytes;
    } else if (end > 0) yield bytes.subarray(0, end);
  }
  if (rest.length > 0) yield rest;
}

/** The last material that lines of seals have. */
function successorIn(lines: Buffer): Uint8Array | undefined {
  let material: Uint8Array | undefined;
  for (let end = lines.indexOf(NEWLINE); end >= 0; end = lines.indexOf(NEWLINE, end + 1)) {
    const start = end - MATERIAL_LENGTH;
    if (lines[start - 1] === SPACE)
      material = decodeBase64(lines.toString('latin1', start, end)) ?? material;
  }
  return material?.length === MATERIAL_SIZE ? material : undefined;
}
