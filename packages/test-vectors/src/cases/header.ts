/** Block headers: what has to hold for a verifier. */
import { headerVectors, type HeaderExpectation, type HeaderVector } from '../headers.js';
import type { HeaderImplementation } from '../implementation.js';
import { conformanceCase, type ConformanceCase, expectSame } from './case.js';

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

/** A verifier of block headers judges each as a node does. */
export function headerCases(implementation: HeaderImplementation): ConformanceCase[] {
  const verify = implementation.verify.bind(implementation);
  return headerVectors().map((one) => caseOf(verify, one));
}
