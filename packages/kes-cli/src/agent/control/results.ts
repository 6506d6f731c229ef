/** What the answers of an agent mean. */
import { CommandError, type Failure } from '../../cli/errors.js';
import type { Result } from '../agent-types.js';

const FAILURES: Readonly<Record<Exclude<Result, 'ok'>, readonly [Failure, words: string]>> = {
  outdated: ['invalid', 'the agent has a newer key, or a newer drop'],
  'invalid-certificate': [
    'invalid',
    'the certificate is not valid for the agent: it has another cold key, or counts another KES period (its log says which)',
  ],
  'no-key': ['invalid', 'the agent has no such key'],
  unsupported: ['environment', 'the agent does not know this command'],
  unknown: ['environment', 'the agent refused, and its log says why'],
};

/** The error of a result, or `undefined` when the agent did what was asked. */
export function failureOf(result: Result): CommandError | undefined {
  if (result === 'ok') return undefined;
  const [failure, words] = FAILURES[result];
  return new CommandError(failure, words);
}
