/** A Shelley genesis file, and its members. */
import { checkBytes, isBytes, wrongType } from '@evolock/direct-serialise/arguments';
import { CardanoError } from '../errors.js';

/** A parsed genesis file. Nothing of it is checked. */
export type Genesis = Readonly<Record<string, unknown>>;

/** Parses a genesis file. */
export function parseGenesis(json: unknown): Genesis {
  const text = textOf(json);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CardanoError('not-json', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new CardanoError('not-json');
  return value as Genesis;
}

function textOf(json: unknown): string {
  if (typeof json === 'string') return json;
  if (!isBytes(json)) throw wrongType('json', 'text or a Uint8Array', json);
  return new TextDecoder().decode(checkBytes('json', json));
}

/** A required member. */
export function member(genesis: Genesis, field: string): unknown {
  if (!Object.hasOwn(genesis, field)) throw new CardanoError('missing', { field });
  return genesis[field];
}

/** A required member that is an integer. */
export function count(genesis: Genesis, field: string, minimum = 1): number {
  const value = member(genesis, field);
  if (!Number.isSafeInteger(value) || (value as number) < minimum)
    throw wrong(field, `an integer from ${String(minimum)} to 2^53 - 1`);
  return value as number;
}

/** The error for a wrong member. */
export function wrong(field: string, expected: string): CardanoError {
  return new CardanoError('wrong-value', { field, expected });
}
