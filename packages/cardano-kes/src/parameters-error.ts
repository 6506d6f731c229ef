import { EvolockError } from '@evolock/kes-sum';

/** What is wrong with the parameters of a network. */
export type ParametersProblem = 'unknown-network' | 'not-json' | 'missing' | 'wrong-value';

/**
 * The parameters of a network cannot be had: no network of that name is known, or the genesis file is none.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { networkNamed } from '@evolock/cardano-kes';
 *
 * assert.throws(() => networkNamed('mainet'), {
 *   code: 'ERR_EVOLOCK_CARDANO_PARAMETERS',
 *   problem: 'unknown-network',
 * });
 * ```
 */
export class ParametersError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_CARDANO_PARAMETERS';
  /** What is wrong. */
  readonly problem: ParametersProblem;
  /** The member of the genesis file that it is about. */
  readonly field: string | undefined;

  constructor(
    problem: ParametersProblem,
    message: string,
    options?: ErrorOptions & { readonly field?: string },
  ) {
    super(message, options);
    this.problem = problem;
    this.field = options?.field;
  }
}
