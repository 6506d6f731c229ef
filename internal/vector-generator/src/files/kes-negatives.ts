import { concatBytes } from '@noble/hashes/utils.js';
import type { KesAlgorithmKind } from '@evolock/test-vectors';
import { hash } from '../curve.js';
import { algorithmOf } from '../native.js';
import { forge, type Forgery } from './forgeries.js';
import {
  alternatingPeriod,
  at,
  flipBit,
  type Life,
  lifeOf,
  messageOf,
  verifierOf,
} from './material.js';

/** The arguments of `verify`. */
interface VerifyArguments {
  readonly verificationKey: Uint8Array;
  readonly period: number;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** Arguments for which `verify` must return false. */
interface Negative extends VerifyArguments {
  readonly why: string;
}

/** A key of the vectors at every period, and a good signature to start from. */
interface Ground {
  readonly algorithm: KesAlgorithmKind;
  readonly depth: number;
  readonly isCompact: boolean;
  readonly life: Life;
  readonly good: VerifyArguments;
}

/** A named section of a signature. */
interface Section {
  readonly name: string;
  readonly offset: number;
}

function goodAt({ verificationKey, sign }: Life, period: number): VerifyArguments {
  const message = messageOf(period);
  return { verificationKey, period, message, signature: sign(period, message) };
}

function lay(algorithm: KesAlgorithmKind, depth: number): Ground {
  const life = lifeOf(algorithm, depth);
  const good = goodAt(life, alternatingPeriod(depth));
  return {
    algorithm,
    depth,
    isCompact: algorithm === 'compactSingle' || algorithm === 'compactSum',
    life,
    good,
  };
}

function levels({ depth }: Ground): number[] {
  return Array.from({ length: depth }, (_, level) => level);
}

function periodsOutside({ life, good }: Ground): Negative[] {
  const { totalPeriods } = life;
  const first = goodAt(life, 0);
  const last = goodAt(life, totalPeriods - 1);
  return [
    { ...last, period: totalPeriods, why: 'period one past the end, last signature' },
    { ...first, period: totalPeriods, why: 'period one past the end, first signature' },
    { ...last, period: 2 * totalPeriods - 1, why: 'last period plus all periods' },
    { ...good, period: good.period + 2 ** 16, why: 'period plus 2^16' },
    { ...last, period: 2 ** 32 - 1, why: 'period 2^32 - 1, last signature' },
    { ...good, period: good.period + 2 ** 32, why: 'period plus 2^32' },
    { ...last, period: -1, why: 'period -1, last signature' },
    { ...good, period: good.period - totalPeriods, why: 'period minus all periods' },
    { ...good, period: good.period - 2 ** 32, why: 'period minus 2^32' },
  ];
}

function otherPeriods(ground: Ground): Negative[] {
  const { life, good } = ground;
  const neighbours = [good.period - 1, good.period + 1]
    .filter((period) => period >= 0 && period < life.totalPeriods)
    .map((period) => ({ ...good, period, why: `neighbouring period (${period})` }));
  const halves = levels(ground).map((level) => ({
    ...good,
    period: good.period ^ (1 << level),
    why: `wrong half at level ${level + 1}`,
  }));
  return [...neighbours, ...halves];
}

function wrongLengths({ good }: Ground): Negative[] {
  const { signature } = good;
  const lengths: [string, Uint8Array][] = [
    ['truncated by one byte', signature.slice(0, -1)],
    ['truncated by 32 bytes', signature.slice(0, -32)],
    ['without its first byte', signature.slice(1)],
    ['extended by a zero byte', concatBytes(signature, new Uint8Array(1))],
    ['extended by 32 zero bytes', concatBytes(signature, new Uint8Array(32))],
    ['empty', new Uint8Array(0)],
  ];
  return lengths.map(([why, wrong]) => ({ ...good, signature: wrong, why: `signature ${why}` }));
}

/** The 32-byte sections of a signature, innermost first. */
function sections(ground: Ground): Section[] {
  const { isCompact } = ground;
  const leaf = isCompact ? ['R', 'S', 'leaf verification key'] : ['R', 'S'];
  const names = levels(ground).flatMap((level) =>
    isCompact
      ? [`sibling of level ${level + 1}`]
      : [`left key of level ${level + 1}`, `right key of level ${level + 1}`],
  );
  return [...leaf, ...names].map((name, index) => ({ name, offset: 32 * index }));
}

function flippedBytes(ground: Ground): Negative[] {
  const { good } = ground;
  return sections(ground).map(({ name, offset }, index) => ({
    ...good,
    // Another byte of each section, so that each byte position is covered.
    signature: flipBit(good.signature, offset + ((7 * index) % 32)),
    why: `byte flipped in ${name}`,
  }));
}

function swapSections(signature: Uint8Array, first: number, second: number): Uint8Array {
  const swapped = signature.slice();
  swapped.set(signature.subarray(second, second + 32), first);
  swapped.set(signature.subarray(first, first + 32), second);
  return swapped;
}

function swappedSiblings(ground: Ground): Negative[] {
  const { isCompact, good } = ground;
  const { signature } = good;
  if (!isCompact) {
    return levels(ground).map((level) => ({
      ...good,
      signature: swapSections(signature, 64 + 64 * level, 96 + 64 * level),
      why: `left and right key swapped at level ${level + 1}`,
    }));
  }
  return levels(ground).map((level) => ({
    ...good,
    signature: swapSections(signature, 64 + 32 * level, 96 + 32 * level),
    why:
      level === 0
        ? 'leaf verification key and sibling of level 1 swapped'
        : `siblings of levels ${level} and ${level + 1} swapped`,
  }));
}

function tail({ isCompact, good }: Ground): { leaf: Uint8Array; blocks: Uint8Array[] } {
  const leafSize = isCompact ? 96 : 64;
  const blockSize = isCompact ? 32 : 64;
  const count = (good.signature.length - leafSize) / blockSize;
  const blocks = Array.from({ length: count }, (_, index) =>
    good.signature.slice(leafSize + blockSize * index, leafSize + blockSize * (index + 1)),
  );
  return { leaf: good.signature.slice(0, leafSize), blocks };
}

function reversedLevels(ground: Ground): Negative[] {
  const { leaf, blocks } = tail(ground);
  if (blocks.length < 2) return [];
  const signature = concatBytes(leaf, ...blocks.reverse());
  return [{ ...ground.good, signature, why: 'levels outermost first' }];
}

/** The seed of the leaf in use, and the verification keys beside the way to the root, innermost first. */
function pathOf(ground: Ground): { leafSeed: Uint8Array; siblings: Uint8Array[] } {
  const { life, good } = ground;
  const key = at(life.keys, good.period);
  const siblings = levels(ground).map((level) => {
    // The seed of the leaf; then a level: the seed of its right half, its left and its right verification key.
    const left = 32 + 96 * level + 32;
    const isRight = ((good.period >> level) & 1) === 1;
    return isRight ? key.slice(left, left + 32) : key.slice(left + 32, left + 64);
  });
  return { leafSeed: key.slice(0, 32), siblings };
}

/** Builds the whole signature over a forged leaf, with the root that it leads to. */
function graft(ground: Ground, siblings: readonly Uint8Array[], forgery: Forgery): Negative {
  const { isCompact, good } = ground;
  let root = forgery.verificationKey;
  const parts = isCompact ? [forgery.signature, forgery.verificationKey] : [forgery.signature];
  siblings.forEach((sibling, level) => {
    const isRight = ((good.period >> level) & 1) === 1;
    const [left, right] = isRight ? [sibling, root] : [root, sibling];
    parts.push(...(isCompact ? [sibling] : [left, right]));
    root = hash(left, right);
  });
  return {
    verificationKey: root,
    period: good.period,
    message: good.message,
    signature: concatBytes(...parts),
    why: `leaf: ${forgery.why}`,
  };
}

/** Variants of `ed25519.json` that would be the same at each depth. */
const LEFT_TO_ED25519 = ['order 2', 'odd x', 'other y', 'y = p)'];

/** The depths with each encoding of small order: the leaf, one level, and the depth of Cardano. */
const WITH_ALL_VARIANTS = [0, 1, 6];

function forgedLeaves(ground: Ground): Negative[] {
  const { leafSeed, siblings } = pathOf(ground);
  const hasAll = WITH_ALL_VARIANTS.includes(ground.depth);
  return forge(leafSeed, ground.good.message)
    .filter(({ why }) => hasAll || !LEFT_TO_ED25519.some((variant) => why.includes(variant)))
    .map((forgery) => graft(ground, siblings, forgery));
}

/** What the same key, or one of another depth, signs by other algorithms. */
function otherAlgorithms({ algorithm, depth, isCompact, good }: Ground): Negative[] {
  const others: [KesAlgorithmKind, number][] = [
    [isCompact ? 'sum' : 'compactSum', depth],
    [algorithm === 'single' || isCompact ? 'compactSum' : 'sum', depth + 1],
  ];
  if (depth > 0) others.push([isCompact ? 'compactSum' : 'sum', depth - 1]);
  return others.map(([kind, otherDepth]) => {
    const other = lifeOf(kind, otherDepth, `depth ${depth}`);
    const signature = other.sign(good.period % other.totalPeriods, good.message);
    return { ...good, signature, why: `signature of ${kind} depth ${otherDepth}` };
  });
}

function wrongVerificationKeys(ground: Ground): Negative[] {
  const { algorithm, depth, good } = ground;
  const keys: [string, Uint8Array][] = [
    ['with a bit flipped', flipBit(good.verificationKey, 0)],
    ['of all zeroes', new Uint8Array(32)],
    ['of another seed', lifeOf(algorithm, depth, 'another').verificationKey],
  ];
  const inner = pathOf(ground).siblings.at(-1);
  if (inner !== undefined) keys.push(['of the other half', inner]);
  return keys.map(([why, verificationKey]) => ({
    ...good,
    verificationKey,
    why: `verification key ${why}`,
  }));
}

function wrongMessages({ good }: Ground): Negative[] {
  const { message } = good;
  return [
    { ...good, message: flipBit(message, 0), why: 'message with a bit flipped' },
    { ...good, message: concatBytes(message, new Uint8Array(1)), why: 'message extended' },
    { ...good, message: new Uint8Array(0), why: 'message empty' },
  ];
}

const KINDS: readonly ((ground: Ground) => Negative[])[] = [
  periodsOutside,
  otherPeriods,
  wrongLengths,
  flippedBytes,
  swappedSiblings,
  reversedLevels,
  forgedLeaves,
  otherAlgorithms,
  wrongVerificationKeys,
  wrongMessages,
];

/** The verdict, which the verifier in JavaScript and the native one share. */
function judge({ algorithm, depth }: Ground, args: VerifyArguments): boolean {
  const { verificationKey, period, message, signature } = args;
  const [verdict, other] = [verifierOf, algorithmOf].map((of) =>
    of(algorithm, depth).verify(verificationKey, period, message, signature),
  );
  if (verdict !== other) throw new Error(`${algorithm} ${depth}: two verdicts`);
  return verdict === true;
}

/** Entries of `kes-negatives.json` for one algorithm at one depth. */
export function kesNegatives(algorithm: KesAlgorithmKind, depth: number): object[] {
  const ground = lay(algorithm, depth);
  if (!judge(ground, ground.good)) throw new Error('the signature to start from is not good');
  return KINDS.flatMap((kind) => kind(ground)).map((negative) => {
    if (judge(ground, negative))
      throw new Error(`${algorithm} ${depth}: ${negative.why}: accepted`);
    const { verificationKey, period, message, signature, why } = negative;
    return { algorithm, depth, verificationKey, period, message, signature, why, valid: false };
  });
}
