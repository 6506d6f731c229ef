// The shape of the ladder, and the dependencies that it allows.
import { describe, expect, test } from 'vitest';
import { ladder, type Layer } from '../../src/ladder/ladder.mjs';
import { layerNamed, mayUse, rungsBelow, testsMayUse } from '../../src/ladder/layers.mjs';

const layers: Layer[] = [
  { name: 'shared', role: 'shared' },
  { name: 'support', role: 'shared', testsOnly: true },
  { name: 'low', role: 'rung' },
  { name: 'middle', role: 'rung', below: 'low' },
  { name: 'high', role: 'rung', below: 'middle' },
  { name: 'branch', role: 'rung', below: 'low' },
  { name: 'both', role: 'rung', below: ['high', 'branch'] },
  { name: 'keys', role: 'rung', below: 'middle', testsOnly: true },
  { name: 'command', role: 'program' },
  { name: 'vectors', role: 'apart', testsOnly: true },
];

function named(name: string) {
  const layer = layerNamed(name, layers);
  if (!layer) throw new Error(`no layer ${name}`);
  return layer;
}

describe('the ladder', () => {
  test('names each package once, after those below it', () => {
    const seen = new Set<string>();
    for (const layer of ladder) {
      expect(seen).not.toContain(layer.name);
      for (const below of rungsBelow(layer)) expect(seen).toContain(below);
      seen.add(layer.name);
    }
  });
});

describe('a package may use', () => {
  test.each([
    ['shared', []],
    ['support', []],
    ['low', ['shared']],
    ['high', ['middle', 'shared']],
    ['branch', ['low', 'shared']],
    ['both', ['high', 'branch', 'shared']],
    ['keys', ['middle', 'shared', 'support']],
    ['command', ['shared', 'low', 'middle', 'high', 'branch', 'both']],
    ['vectors', []],
  ])('%s: %j', (name, expected) => {
    expect(mayUse(named(name), layers)).toEqual(expected);
  });
});

describe('the tests of a package may use', () => {
  test.each([
    ['shared', ['support', 'vectors']],
    ['support', []],
    ['high', ['shared', 'support', 'low', 'middle', 'branch', 'keys', 'vectors']],
    ['low', ['shared', 'support', 'vectors']],
    ['middle', ['shared', 'support', 'low', 'branch', 'vectors']],
    ['branch', ['shared', 'support', 'low', 'middle', 'high', 'keys', 'vectors']],
    [
      'command',
      ['shared', 'support', 'low', 'middle', 'high', 'branch', 'both', 'keys', 'vectors'],
    ],
    ['vectors', ['support']],
  ])('%s: %j', (name, expected) => {
    expect(testsMayUse(named(name), layers)).toEqual(expected);
  });
});
