/**
 * The module of a thread of the pool. It makes no keys and locks no memory.
 */
import {
  compactSumKesOfDepth,
  ed25519,
  sumKesOfDepth,
  verifyMany,
  type KesAlgorithm,
  type KesVerification,
} from '@evolock/kes-sum';
import { itemsOf, type PackedBatch } from './batch.js';

const algorithms = new Map<string, KesAlgorithm>();

function algorithmOf({ variant, depth }: PackedBatch): KesAlgorithm {
  const name = `${variant} ${String(depth)}`;
  const known = algorithms.get(name);
  if (known !== undefined) return known;
  const ofDepth = variant === 'sum' ? sumKesOfDepth : compactSumKesOfDepth;
  const algorithm: KesAlgorithm = ofDepth(ed25519, depth);
  algorithms.set(name, algorithm);
  return algorithm;
}

/**
 * Verifies the items of a batch.
 *
 * @returns A verdict for each item.
 */
export default function verifyBatch(batch: PackedBatch): boolean[] {
  const algorithm = algorithmOf(batch);
  const items = itemsOf(batch, algorithm) as Iterable<KesVerification>;
  return [...verifyMany(algorithm, items)];
}
