import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { externalConformanceCases, externalVectors, type Implementation } from '../src/index.js';

/** Offers what external files are about, and accepts no signature. */
const implementation = {
  dsign: { verify: () => false },
  kes: (algorithm: string, depth: number) => (algorithm === 'sum' && depth === 1 ? {} : undefined),
} as unknown as Implementation;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evolock-external-'));
  vi.stubEnv('EVOLOCK_EXTERNAL_VECTORS', folder);
  vi.stubEnv('EVOLOCK_REQUIRE_VECTORS', '');
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function put(file: string, content: unknown): void {
  writeFileSync(join(folder, file), JSON.stringify(content));
}

test.each(['', '0'])('a missing file gives a sentence to print where %j requires none', (value) => {
  vi.stubEnv('EVOLOCK_REQUIRE_VECTORS', value);
  expect(externalVectors('haskell-kes.json')).toEqual({
    available: false,
    reason: `skipped: no external vectors at ${join(folder, 'haskell-kes.json')} (set EVOLOCK_EXTERNAL_VECTORS)`,
  });
});

test('a missing file is an error when vectors are required, also in a run of the cases', () => {
  vi.stubEnv('EVOLOCK_REQUIRE_VECTORS', '1');
  const missing = expect.objectContaining({
    name: 'ExternalVectorsError',
    code: 'ERR_EVOLOCK_EXTERNAL_VECTORS_MISSING',
  }) as Error;
  expect(() => externalVectors('haskell-kes.json')).toThrow(missing);
  expect(() => externalConformanceCases(implementation)).toThrow(missing);
  put('haskell-kes.json', [1]);
  expect(externalVectors('haskell-kes.json').available).toBe(true);
});

test('a file in the stated folder is read', () => {
  put('haskell-kes.json', [1]);
  expect(externalVectors('haskell-kes.json')).toEqual({
    available: true,
    path: join(folder, 'haskell-kes.json'),
    data: [1],
  });
});

test('a file that is not JSON is an error with a code and a cause', () => {
  writeFileSync(join(folder, 'haskell-kes.json'), '{');
  expect(() => externalVectors('haskell-kes.json')).toThrow(
    expect.objectContaining({
      name: 'ExternalVectorsError',
      code: 'ERR_EVOLOCK_EXTERNAL_VECTORS_UNREADABLE',
      cause: expect.any(SyntaxError) as unknown,
    }),
  );
});

test('without the variable the folder lies beside the repository', () => {
  vi.stubEnv('EVOLOCK_EXTERNAL_VECTORS', '');
  const inside = join(folder, 'root', 'packages', 'one');
  mkdirSync(inside, { recursive: true });
  mkdirSync(join(folder, 'shared', 'vectors'), { recursive: true });
  put(join('root', 'package.json'), { name: 'evolock' });
  put(join('root', 'packages', 'one', 'package.json'), { name: 'one' });
  put(join('shared', 'vectors', 'negatives.json'), []);
  vi.spyOn(process, 'cwd').mockReturnValue(inside);
  expect(externalVectors('negatives.json')).toMatchObject({ available: true, data: [] });
});

test('outside the repository no file is found, and the sentence names the place', () => {
  vi.stubEnv('EVOLOCK_EXTERNAL_VECTORS', '');
  vi.spyOn(process, 'cwd').mockReturnValue(folder);
  expect(externalVectors('negatives.json')).toEqual({
    available: false,
    reason:
      'skipped: no external vectors at shared/vectors/negatives.json (set EVOLOCK_EXTERNAL_VECTORS)',
  });
});

test('an empty folder gives no case and a sentence for every file', () => {
  const { cases, skipped } = externalConformanceCases(implementation);
  expect(cases).toEqual([]);
  expect(skipped).toHaveLength(4 + 14);
});

test('a wrong verdict in a file is a failing case, and names are unique', async () => {
  const entry = { name: 'zeroes', publicKeyHex: '00'.repeat(32), messageHex: '', valid: true };
  const wrong = { ...entry, signatureHex: '00'.repeat(64) };
  put('ed25519-edge-cases.json', [wrong, wrong]);
  const { cases } = externalConformanceCases(implementation);
  expect(cases.map(({ name }) => name)).toEqual(['zeroes', 'zeroes (2)']);
  await expect(cases[0]?.run()).rejects.toThrow(
    expect.objectContaining({ code: 'ERR_EVOLOCK_VALID_REJECTED' }),
  );
});
