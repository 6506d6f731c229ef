/**
 * The properties of the matrix for trees deeper than the vectors. Such a tree is compared with its definition: two trees of
 * one level less, side by side, which are in the row above, and so on down to a depth that has vectors. One key of each
 * algorithm is made, and properties use clones of it: a generation takes up to a second.
 */
import { directDeserialiseBufChecked, directSerialiseBufChecked } from '@evolock/direct-serialise';
import * as evolock from '@evolock/kes-sum';
import {
  codeOf,
  keyOf,
  Memory,
  message,
  ofAnyDepth,
  overFailingLeaf,
  same,
  serialised,
  withKey,
} from './matrix-properties.mjs';

/** Bytes of a seed and of a verification key. */
const BLOCK = 32;

const join = (...parts) => new Uint8Array(Buffer.concat(parts));

const blockOf = (value) => {
  const bytes = new Uint8Array(BLOCK);
  directSerialiseBufChecked(bytes, value);
  return bytes;
};

/** A late period, so that a read makes few leaves. */
const late = ({ totalPeriods }) => totalPeriods - 5;

/** The algorithm of a kind and a depth, by depth. */
export function deepAlgorithmOf(kind, depth) {
  const ofDepth = kind === 'sum' ? evolock.sumKesOfDepth : evolock.compactSumKesOfDepth;
  return ofDepth(evolock.ed25519, depth);
}

/** Keys of a deep algorithm, at the first period and at a late one, and their clones. */
export class DeepKeys {
  #first;
  #late;
  /** The algorithm of both halves. */
  inner;

  constructor(algorithm, inner) {
    this.inner = inner;
    this.#first = keyOf(algorithm);
    this.#late = this.#first.clone();
    this.#late.updateTo(late(algorithm));
  }

  /** A clone at the first period. */
  first = (options) => this.#first.clone(options);

  /** A clone at a late period, for properties that accept a key at any period. */
  keyOf = (_, options) => this.#late.clone(options);

  /** The late period, a later one, and the last. */
  some = ({ totalPeriods }) => new Set([totalPeriods - 5, totalPeriods - 3, totalPeriods - 1]);

  release() {
    this.#first.release();
    this.#late.release();
  }
}

/** Both halves of a tree, by the algorithm of one level less, and the seed of the right one. */
function halvesOf(inner, use) {
  const { left, right } = withKey(seedOfKeys(), (seed) => seed.expand());
  try {
    const rightSeed = blockOf(right);
    withKey(inner.generateKey(left), (leftKey) =>
      withKey(inner.generateKey(right), (rightKey) => use([leftKey, rightKey], rightSeed)),
    );
  } finally {
    left.release();
    right.release();
  }
}

/** The seed of `keyOf`. */
function seedOfKeys() {
  const bytes = Uint8Array.from({ length: BLOCK }, (_, at) => 7 * at + 1);
  return evolock.MLockedSeed.fromBytes(bytes);
}

function definition(algorithm, check, { first, inner }) {
  const half = inner.totalPeriods;
  check(algorithm.totalPeriods === 2 * half, 'has the periods of both halves');
  halvesOf(inner, (halves, rightSeed) => {
    const pair = halves.map((key) => key.deriveVerificationKey());
    withKey(first(), (key) => {
      const root = evolock.blake2b256(join(...pair));
      check(same(key.deriveVerificationKey(), root), 'its verification key is the hash of both');
      for (const period of [0, 1, half - 1, half, half + 1, 2 * half - 1]) {
        const side = period < half ? 0 : 1;
        const way = halves[side];
        key.updateTo(period);
        way.updateTo(period % half);
        const tail = algorithm.variant === 'sum' ? pair : [pair[1 - side]];
        const signature = join(way.sign(message), ...tail);
        check(same(key.sign(message), signature), `signs as its half does at period ${period}`);
        const seed = side === 0 ? rightSeed : new Uint8Array(BLOCK);
        const bytes = join(serialised(way), seed, ...pair);
        check(same(serialised(key), bytes), `is written as its half is at period ${period}`);
      }
    });
  });
}

function verification(algorithm, check, { first }) {
  const { totalPeriods, depth } = algorithm;
  withKey(first(), (key) => {
    const root = key.deriveVerificationKey();
    const other = Uint8Array.of(root[0] ^ 1, ...root.subarray(1));
    for (const period of [0, totalPeriods / 2, totalPeriods - 1]) {
      key.updateTo(period);
      const signature = key.sign(message);
      const isGood = (at, of = message, by = root) => algorithm.verify(by, at, of, signature);
      check(isGood(period), `is good at period ${period}`);
      check(!isGood(period, new Uint8Array()), `for no other message at period ${period}`);
      check(!isGood(period, message, other), `under no other key at period ${period}`);
      for (let level = 0; level < depth; level += 1)
        check(!isGood(period ^ (1 << level)), `in no other half of level ${level} at ${period}`);
      for (const past of [totalPeriods, period + totalPeriods, period + 2 ** 32])
        check(!isGood(past), `not at period ${past}`);
    }
  });
}

function negatives(algorithm, check, { keyOf: lateKey }) {
  withKey(lateKey(), (key) => {
    const root = key.deriveVerificationKey();
    const good = key.sign(message);
    const refuses = (signature, what) =>
      check(!algorithm.verify(root, key.period, message, signature), what);
    for (let at = 0; at < good.length; at += BLOCK) {
      const flipped = good.slice();
      flipped[at + ((at / BLOCK) % BLOCK)] ^= 1;
      refuses(flipped, `a byte flipped in block ${at / BLOCK}`);
    }
    for (let at = 2 * BLOCK; at + BLOCK < good.length; at += BLOCK) {
      const [one, two] = [good.slice(at, at + BLOCK), good.slice(at + BLOCK, at + 2 * BLOCK)];
      const swapped = join(good.subarray(0, at), two, one, good.subarray(at + 2 * BLOCK));
      refuses(swapped, `blocks ${at / BLOCK} and ${at / BLOCK + 1} swapped`);
    }
    for (const length of [0, 64, good.length - BLOCK, good.length - 1])
      refuses(good.slice(0, length), `cut off after ${length} bytes`);
    refuses(join(good, new Uint8Array(1)), 'a byte too many');
  });
}

/** The codes of a key that is not consistent, or does not have the expected verification key or period. */
const refusals = [
  'ERR_EVOLOCK_KES_INCONSISTENT_KEY',
  'ERR_EVOLOCK_KES_OTHER_KEY',
  'ERR_EVOLOCK_KES_PERIOD',
];

/** A change in any block of a key is refused. */
function tampered(algorithm, check, { keyOf: lateKey }) {
  withKey(lateKey(), (key) => {
    const good = serialised(key);
    const { period } = key;
    const verificationKey = key.deriveVerificationKey();
    for (let at = 0; at < good.length; at += BLOCK) {
      const memory = new Memory();
      const changed = good.slice();
      changed[at] ^= 1;
      const options = { verificationKey, period, allocator: memory };
      const code = codeOf(() => directDeserialiseBufChecked(changed, algorithm, options));
      check(refusals.includes(code), `a change in block ${at / BLOCK}, and not ${code}`);
      check(memory.live === 0 && memory.wiped, `which leaves nothing of block ${at / BLOCK}`);
    }
  });
}

function updates(algorithm, check, { first }) {
  const half = algorithm.totalPeriods / 2;
  withKey(first(), (stepped) => {
    stepped.updateTo(half - 2);
    for (let period = half - 1; period < half + 3; period += 1) {
      stepped.update();
      withKey(first(), (jumped) => {
        jumped.updateTo(period);
        check(same(serialised(jumped), serialised(stepped)), `a jump to period ${period}`);
      });
      const back = codeOf(() => stepped.updateTo(period - 1));
      check(back === 'ERR_EVOLOCK_KES_PERIOD', `no way back from period ${period}`);
    }
    stepped.updateTo(algorithm.totalPeriods - 1);
    const signature = stepped.sign(message);
    check(
      codeOf(() => stepped.update()) === 'ERR_EVOLOCK_KES_LAST_PERIOD',
      'a key at its last period refuses an update',
    );
    check(same(stepped.sign(message), signature), 'a key that refused an update signs');
  });
}

function forgetting(algorithm, check, { keyOf: lateKey }) {
  const memory = new Memory();
  withKey(lateKey(algorithm, { allocator: memory }), (key) => {
    const [{ buffer, byteOffset, byteLength }] = memory.blocks;
    const locked = Buffer.from(buffer, byteOffset, byteLength);
    const past = [];
    while (key.period + 1 < algorithm.totalPeriods) {
      past.push(Buffer.from(serialised(key).subarray(0, BLOCK)));
      check(locked.includes(past.at(-1)), 'the search looks in the right place');
      key.update();
      check(!past.some((leaf) => locked.includes(leaf)), `no past leaf at period ${key.period}`);
    }
  });
  check(memory.live === 0 && memory.wiped, 'nothing is left of it');
}

function failedUpdate(algorithm, check, { keyOf: lateKey }) {
  const state = { failing: false };
  const failingAlgorithm = overFailingLeaf(algorithm, state);
  const bytes = withKey(lateKey(), serialised);
  withKey(directDeserialiseBufChecked(bytes, failingAlgorithm), (key) => {
    while (key.period + 1 < algorithm.totalPeriods) {
      const before = serialised(key);
      state.failing = true;
      const failure = codeOf(() => key.update());
      state.failing = false;
      check(failure === 'the leaf failed', `an update that fails says so at ${key.period}`);
      check(same(serialised(key), before), `it leaves the key whole at period ${key.period}`);
      key.update();
    }
  });
}

function rustForm(algorithm, check, { keyOf: lateKey, some }) {
  const type = evolock.rustSigningKeyType(algorithm);
  for (const period of some(algorithm)) {
    withKey(lateKey(), (key) => {
      key.updateTo(period);
      const bytes = new Uint8Array(type.size);
      directSerialiseBufChecked(bytes, evolock.rustSigningKey(key));
      withKey(directDeserialiseBufChecked(bytes, type), (read) => {
        check(read.period === period, `has period ${period}`);
        check(same(serialised(read), serialised(key)), `comes back at period ${period}`);
      });
      const short = codeOf(() => directDeserialiseBufChecked(bytes.subarray(0, -1), type));
      check(short === 'ERR_EVOLOCK_SIZE_CHECK', `not without its last byte at ${period}`);
    });
  }
}

/** Columns of the deep matrix: name, and what is checked of one algorithm. */
export const deepProperties = [
  ['definition', definition],
  ['verify', verification],
  ['negatives', negatives],
  ['tampered', tampered],
  ['updates', updates],
  ['forgotten', forgetting],
  ['failed update', failedUpdate],
  ['Rust', rustForm],
  ...ofAnyDepth,
];
