import assert from 'node:assert/strict';
import { format, inspect } from 'node:util';

function messageOf(run: () => unknown): string {
  try {
    return inspect(run(), { depth: Infinity, showHidden: true });
  } catch (error) {
    return String(error);
  }
}

/** Every way in which a value ends up in a log, an error or a test report. */
export function renderingsOf(value: object): ReadonlyMap<string, string> {
  return new Map([
    ['inspect', inspect(value)],
    [
      'inspect with everything',
      inspect(value, { depth: Infinity, showHidden: true, getters: true }),
    ],
    ['inspect of an object that has it', inspect({ nested: [value] }, { depth: Infinity })],
    ['format', format('%s %o %O %j', value, value, value, value)],
    ['text', ''.concat(value as unknown as string)],
    ['a template', `in ${value as unknown as string}`],
    ['JSON', JSON.stringify({ value })],
    ['Object.entries', inspect(Object.entries(value))],
    ['structuredClone', messageOf(() => structuredClone(value))],
    ['a number', messageOf(() => Number(value))],
    ['the difference of an assertion', messageOf(() => assert.deepEqual(value, { other: true }))],
    ['an assertion that two are one', messageOf(() => assert.equal(value, {}))],
  ]);
}

/** The spellings of a part of a secret, any of which would give it away. */
export function spellingsOf(secret: Uint8Array): string[] {
  const part = Buffer.from(secret.subarray(0, 6));
  return [
    part.toString('hex'),
    part.toString('hex').toUpperCase(),
    part.toString('hex').replace(/(..)(?!$)/g, '$1 '),
    part.toString('base64'),
    part.toString('latin1'),
    [...part].join(', '),
    [...part].join(','),
  ];
}
