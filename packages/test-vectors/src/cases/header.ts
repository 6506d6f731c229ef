/** Block headers: what has to hold for a verifier. */
import { wrongType } from '@evolock/direct-serialise/arguments';
import {
  headerVectors,
  type HeaderExpectation,
  type HeaderInput,
  type HeaderVector,
} from '../headers.js';
import { checkObject, type Awaitable } from '../implementation.js';
import { conformanceCase, type ConformanceCase, expectSame } from './case.js';

/** A verdict: its result, and what else a verifier tells. */
export type HeaderFacts = Pick<HeaderExpectation, 'result'> & Partial<HeaderExpectation>;

/** A verifier of block headers. */
export interface HeaderImplementation {
  /** The verdict on a header. Codes may be in any order. */
  verify(input: HeaderInput): Awaitable<HeaderFacts>;
}

function caseOf(
  verify: HeaderImplementation['verify'],
  { name, input, expected }: HeaderVector,
): ConformanceCase {
  const location = { file: 'headers.json', entry: name };
  return conformanceCase('header verdict', name, location, async () => {
    const verdict = await verify(input);
    expectSame(location, 'result', verdict.result, expected.result);
    for (const member of Object.keys(expected) as (keyof HeaderExpectation)[]) {
      const found = verdict[member];
      if (found !== undefined)
        expectSame(location, member, sorted(found), sorted(expected[member]));
    }
  });
}

function sorted(value: unknown): unknown {
  return Array.isArray(value) ? [...(value as unknown[])].sort() : value;
}

/** The cases of block headers for a verifier, for any test framework. */
export function headerCases(implementation: HeaderImplementation): ConformanceCase[] {
  checkObject('implementation', implementation);
  const { verify: given } = implementation as Partial<HeaderImplementation>;
  if (typeof given !== 'function') throw wrongType('implementation.verify', 'a function', given);
  const verify = implementation.verify.bind(implementation);
  return headerVectors().map((one) => caseOf(verify, one));
}
