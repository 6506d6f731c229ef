import { ConformanceError, type VectorLocation } from './conformance-error.js';

/** What a case is about. */
export type ConformanceGroup =
  | 'seed expansion'
  | 'ed25519 signing'
  | 'ed25519 verification'
  | 'kes sizes'
  | 'kes block sizes'
  | 'kes verification key'
  | 'kes signing key'
  | 'kes signature'
  | 'kes verification'
  | 'kes negative'
  | 'kes read back'
  | 'kes last period'
  | 'external key'
  | 'external negative'
  | 'external ed25519'
  | 'consensus header'
  | 'real header';

/** One thing that an implementation has to do right, for any test framework to run. */
export interface ConformanceCase {
  /** What it is about. */
  readonly group: ConformanceGroup;
  /** A name that no other case of the group has. */
  readonly name: string;
  /**
   * Runs the case: returns when the implementation conforms.
   *
   * @throws ConformanceError with one of the codes of `ConformanceErrorCode` when it does not.
   */
  readonly run: () => void;
}

/**
 * A case whose errors, also those that come out of the implementation, say where they stand.
 *
 * @internal
 */
export function conformanceCase(
  group: ConformanceGroup,
  name: string,
  location: VectorLocation,
  body: () => void,
): ConformanceCase {
  return {
    group,
    name,
    run() {
      try {
        body();
      } catch (cause) {
        if (cause instanceof ConformanceError) throw cause;
        const message = cause instanceof Error ? cause.message : String(cause);
        throw new ConformanceError(
          'IMPLEMENTATION_THREW',
          location,
          `the implementation threw: ${message}`,
          { cause },
        );
      }
    },
  };
}
