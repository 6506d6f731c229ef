/**
 * The signing key of the demonstration: CompactSum over Ed25519 and Blake2b-256, of depth 4. **It is in ordinary memory, so it
 * is no key for anything else**: `@evolock/kes-sum` has those. A test compares both.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { evolved, halves, newKey, type Change, type Key, type Node } from '../tree/key.js';

export const DEPTH = 4;

/** The periods of a key. */
export const PERIODS = 2 ** DEPTH;

const ROOT: Node = { first: 0, height: DEPTH };

export class SigningKey {
  /** Which seeds are in memory. */
  #key: Key;
  /** These seeds, 32 bytes each. */
  readonly #seeds = new Map<string, Uint8Array>();
  /** The verification key of every node of the tree, 32 bytes each. They are public. */
  readonly #public = new Map<string, Uint8Array>();

  /** The key of a seed of 32 bytes, which is erased; or a copy of a key, as a thief makes it. */
  constructor(from: Uint8Array | SigningKey) {
    if (from instanceof SigningKey) {
      this.#key = from.#key;
      this.#public = from.#public;
      for (const [name, seed] of from.#seeds) this.#seeds.set(name, seed.slice());
      return;
    }
    this.#addPublic(ROOT, from);
    this.#seeds.set(nameOf(ROOT), from);
    const { key, changes } = newKey(DEPTH);
    this.#key = key;
    this.#change(changes);
  }

  /** The current period; `undefined` after the last one. */
  get period(): number | undefined {
    return this.#key.period;
  }

  /** 32 bytes. */
  get verificationKey(): Uint8Array {
    return at(this.#public, ROOT);
  }

  /** A signature at the current period: 224 bytes. */
  sign(message: Uint8Array): Uint8Array {
    const leaf: Node = { first: this.#key.period ?? PERIODS, height: 0 };
    const siblings = Array.from({ length: DEPTH }, (_, height) => {
      const width = 2 ** height;
      const begin = leaf.first - (leaf.first % width);
      // The bit of this level in the number of the period says on which side the path is.
      const isRight = (begin / width) % 2 === 1;
      return at(this.#public, { first: isRight ? begin - width : begin + width, height });
    });
    const signature = ed25519.sign(message, at(this.#seeds, leaf));
    return joined(signature, at(this.#public, leaf), ...siblings);
  }

  /** Goes to the next period. The seed that signed is erased. */
  evolve(): void {
    const next = evolved(this.#key);
    if (next === undefined) {
      this.#change(this.#key.held.map((node) => ({ kind: 'erased', node })));
      this.#key = { ...this.#key, period: undefined, held: [] };
      return;
    }
    this.#key = next.key;
    this.#change(next.changes);
  }

  #change(changes: readonly Change[]): void {
    for (const change of changes) {
      const seed = at(this.#seeds, change.node);
      if (change.kind === 'opened') {
        this.#seeds.set(nameOf(change.left), halfOf(seed, 1));
        this.#seeds.set(nameOf(change.right), halfOf(seed, 2));
      }
      seed.fill(0);
      this.#seeds.delete(nameOf(change.node));
    }
  }

  #addPublic(node: Node, seed: Uint8Array): Uint8Array {
    const key =
      node.height === 0
        ? ed25519.getPublicKey(seed)
        : hashOf(
            ...halves(node).map((half, index) => this.#addPublic(half, halfOf(seed, index + 1))),
          );
    this.#public.set(nameOf(node), key);
    return key;
  }
}

/** A half of a seed: H(1 ‖ seed) is the left one, H(2 ‖ seed) the right one. */
function halfOf(seed: Uint8Array, half: number): Uint8Array {
  return hashOf(Uint8Array.of(half), seed);
}

function hashOf(...parts: readonly Uint8Array[]): Uint8Array {
  return blake2b(joined(...parts), { dkLen: 32 });
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function nameOf({ first, height }: Node): string {
  return `${first} ${height}`;
}

function at(map: ReadonlyMap<string, Uint8Array>, node: Node): Uint8Array {
  const found = map.get(nameOf(node));
  if (found === undefined) throw new Error(`nothing is known of the node ${nameOf(node)}`);
  return found;
}
