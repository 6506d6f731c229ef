/** The tree in sentences: the text alternative of the drawing, and what each step did. */
import { lastPeriod, periodsWithin, type Key, type Node, type Stepped } from './key.js';
import { signatureSize, verified, type Signature } from './signature.js';

/** Bytes of a seed. */
const SEED = 32;
/** Bytes of a verification key. */
const VERIFICATION_KEY = 32;
/** The depth of the keys of Cardano. */
const CARDANO = 6;

/** The periods of a node: "period 3", "periods 4 to 7". */
export function periodsInWords(node: Node): string {
  return rangeInWords(node.first, lastPeriod(node));
}

function rangeInWords(first: number, last: number): string {
  return first === last ? `period ${first}` : `periods ${first} to ${last}`;
}

/** What a node is, in memory. */
export function nodeInWords(node: Node, { period }: Key): string {
  const isCurrent = node.height === 0 && node.first === period;
  return `${isCurrent ? 'signing key' : 'seed'} of ${periodsInWords(node)}`;
}

/** How much is in memory, and in the file of such a key. */
export function memoryInWords({ held, depth }: Key): string {
  if (held.length === 0) return 'Nothing is in memory.';
  const secrets = held.length === 1 ? '1 secret' : `${held.length} secrets`;
  const file =
    depth === CARDANO
      ? `A kes.skey has ${fileSize(depth)} bytes`
      : `The file of a key of this depth has ${fileSize(depth)} bytes, as a kes.skey of Cardano has ${fileSize(CARDANO)}`;
  return `${secrets} of ${SEED} bytes. ${file}: verification keys too, and zeros in the place of each used seed.`;
}

/** Bytes of the file of a key: the leaf, and for each level a seed and two verification keys. */
export function fileSize(depth: number): number {
  return SEED + depth * (SEED + 2 * VERIFICATION_KEY);
}

/** The place in the life of a key, as `kes inspect` states it. */
export function lifeInWords({ depth, period }: Key): string {
  const last = 2 ** depth - 1;
  if (period === undefined) return `No period of 0–${last}: the key is erased.`;
  const used = period === 0 ? 'none' : range(0, period - 1);
  const left = period === last ? 'none' : range(period + 1, last);
  return `Period ${period} of 0–${last} (${used} used, ${left} left).`;
}

function range(first: number, last: number): string {
  return first === last ? String(first) : `${first}–${last}`;
}

/** Everything in memory, in one sentence. */
export function heldInWords(key: Key): string {
  if (key.held.length === 0) return 'Nothing is in memory.';
  return `In memory: the ${listed(key.held.map((node) => nodeInWords(node, key)))}.`;
}

/** The periods for which a copy of the memory can sign. */
export function theftInWords(key: Key): string {
  const periods = periodsWithin(key.held);
  const [first] = periods;
  if (first === undefined) return 'With a copy of this memory, a thief can sign for no period.';
  const last = periods.at(-1) ?? first;
  const can = `With a copy of this memory, a thief can sign for ${rangeInWords(first, last)}`;
  return first === 0
    ? `${can}: no period is over yet.`
    : `${can}, but not for ${rangeInWords(0, first - 1)}.`;
}

/** What generation did. */
export function newInWords({ key }: Stepped): string {
  return `A new key at period 0. A random seed was opened down to the first leaf, and erased. ${heldInWords(key)}`;
}

/** What an evolution did. */
export function evolvedInWords({ key, changes }: Stepped): string {
  const erased = changes.map(({ node }) => periodsOfErased(node, key));
  return `Evolved to period ${String(key.period)}. Erased: the ${listed(erased)}. ${heldInWords(key)}`;
}

/** The first erased node is the leaf of the period before; the others are seeds on the way to the new leaf. */
function periodsOfErased(node: Node, { period }: Key): string {
  const isLeaf = node.height === 0 && node.first + 1 === period;
  return `${isLeaf ? 'signing key' : 'seed'} of ${periodsInWords(node)}`;
}

/** What a release did. */
export const RELEASED =
  'The key was released, and its memory is erased. It can sign for no period. Signatures that were made before stay valid.';

/** What a step back did. */
export function backInWords(key: Key): string {
  return `One step back, which only this model can take: a real key has erased what it needs for that. ${heldInWords(key)}`;
}

/** What was signed. */
export function signedInWords(signature: Signature): string {
  const { depth, period } = signature;
  const pairs = depth === 1 ? 'a pair' : `${depth} pairs`;
  return `Signed at period ${period}. The signature has ${signatureSize(signature)} bytes: 64 of the leaf, and ${pairs} of verification keys on the way to the root, which is drawn. The key did not change.`;
}

/** The result of a verification for a period. */
export function verifiedInWords(signature: Signature, period: number): string {
  const result = verified(signature, period);
  if (result.valid)
    return `Valid for period ${period}. Each pair of verification keys hashes to the key above it, up to the verification key of the root, and the leaf of period ${period} made the signature.`;
  return result.level === undefined
    ? `Not valid for period ${period}: all pairs of keys fit, and the leaf of period ${period} did not make the signature.`
    : `Not valid for period ${period}: the pair of keys of ${periodsInWords(result.level.node)} does not hash to the key that period ${period} leads to.`;
}

function listed(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', the ')} and the ${last}`;
}
