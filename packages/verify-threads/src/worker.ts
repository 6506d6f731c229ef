/** The module of a thread of the pool. It makes no keys and locks no memory. */
import {
  compactSumKesOfDepth,
  sumKesOfDepth,
  verifyMany,
  type KesAlgorithm,
  type KesVerification,
} from '@evolock/kes-sum';
import { bytesIn, type BytesBatch } from './batch.js';
import { verificationOf, type Composition } from './verification.js';

const algorithms = new Map<string, KesAlgorithm>();

function algorithmOf({ variant, depth }: Composition): KesAlgorithm {
  const name = `${variant} ${String(depth)}`;
  const known = algorithms.get(name);
  if (known !== undefined) return known;
  const ofDepth = variant === 'sum' ? sumKesOfDepth : compactSumKesOfDepth;
  const algorithm: KesAlgorithm = ofDepth(depth);
  algorithms.set(name, algorithm);
  return algorithm;
}

/** The verdicts on the items of a batch. The first one, without items, has no context. */
export default function verifyBatch(batch: BytesBatch<Composition | undefined>): boolean[] {
  if (batch.context === undefined) return [];
  const algorithm = algorithmOf(batch.context);
  const items = Array.from(bytesIn(batch), (bytes) => verificationOf(algorithm, bytes));
  // An item that is not a verification is false.
  return [...verifyMany(algorithm, items as KesVerification[])];
}
