/**
 * The results of the service and control protocols. They have the same numbers in both.
 */
const results = [
  'ok',
  'outdated',
  'invalid-certificate',
  'no-key',
  'unsupported',
  'unknown',
] as const;

/** What became of a message. */
export type Result = (typeof results)[number];

/** The number of a result. */
export function numberOfResult(result: Result): number {
  return results.indexOf(result);
}

/** The result of a number: `unknown` for each number without a result of its own. */
export function resultOfNumber(number: number): Result {
  return results[number] ?? 'unknown';
}
