import type { AsyncImplementation, AsyncKesImplementation } from './async-implementation.js';
import { KES_ALGORITHMS, type KesAlgorithmKind } from './kes-algorithm.js';
import type { StdioKesOffer } from './stdio-protocol.js';

/** The depth up to which the vectors go. */
const DEEPEST = 7;

function checkedRead({ checkedRead }: AsyncKesImplementation): StdioKesOffer['checkedRead'] {
  if (checkedRead === undefined) return 'no';
  return checkedRead.levelOf === undefined ? 'yes' : 'level';
}

function offerOf(
  algorithm: KesAlgorithmKind,
  depth: number,
  kes: AsyncKesImplementation,
): StdioKesOffer {
  return {
    algorithm,
    depth,
    name: kes.name,
    totalPeriods: kes.totalPeriods,
    signatureSize: kes.signatureSize,
    signingKeySize: kes.signingKeySize,
    verificationKeySize: kes.verificationKeySize,
    cbor: kes.cbor !== undefined,
    rust: kes.rust !== undefined,
    versioned: kes.versioned !== undefined,
    checkedRead: checkedRead(kes),
  };
}

/**
 * What an implementation offers, at the depths that the vectors have.
 *
 * @internal
 */
export function kesOffers(implementation: AsyncImplementation): StdioKesOffer[] {
  return KES_ALGORITHMS.flatMap((algorithm) =>
    Array.from({ length: DEEPEST + 1 }, (_, depth) => depth).flatMap((depth) => {
      const kes = implementation.kes?.(algorithm, depth);
      return kes === undefined ? [] : [offerOf(algorithm, depth, kes)];
    }),
  );
}
