import { inspect } from 'node:util';
import { ArgumentError, MaskedNeedle } from '@evolock/memory-scan';
import { describe, expect, test } from 'vitest';

function unmasked(needle: MaskedNeedle): number[] {
  const target = new Uint8Array(needle.length);
  needle.unmaskInto(target);
  return [...target];
}

describe('MaskedNeedle', () => {
  test('restores its secret, and overwrites the given bytes with zeros', () => {
    const secret = Uint8Array.from({ length: 32 }, (_, index) => index);
    const needle = MaskedNeedle.fromBytes('secret', secret);
    expect([...secret]).toEqual(new Array(32).fill(0));
    expect(unmasked(needle)).toEqual(Array.from({ length: 32 }, (_, index) => index));
  });

  test('is the XOR of its halves', () => {
    expect(unmasked(MaskedNeedle.parse('61.010203.ff0001'))).toEqual([254, 2, 2]);
  });

  test('round-trips through text', () => {
    const needle = MaskedNeedle.random('a name. with € and %', 16);
    const again = MaskedNeedle.parse(needle.serialise());
    expect(again.name).toBe(needle.name);
    expect(unmasked(again)).toEqual(unmasked(needle));
  });

  test('shows no half when it is printed or converted to JSON', () => {
    const needle = MaskedNeedle.random('canary', 16);
    expect(JSON.parse(JSON.stringify(needle))).toEqual({ name: 'canary', length: 16 });
    expect(inspect(needle)).toBe("MaskedNeedle { name: 'canary', length: 16 }");
  });

  test.each(['', '61', '61.00', '61.00.1', '61.00.0001', '.00.00', '61.zz.00'])(
    'does not parse "%s"',
    (text) => {
      expect(() => MaskedNeedle.parse(text)).toThrow(ArgumentError);
    },
  );

  test('refuses names that would break a report', () => {
    for (const name of ['', 'two\nlines', 'a\u0000b', 'a\u007fb', 'a\u0085b', 'a\u009bb'])
      expect(() => MaskedNeedle.random(name, 8)).toThrow(ArgumentError);
  });
});
