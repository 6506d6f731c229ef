// Implementations with one mistake each: a shipped case fails, and by three causes where anybody could forge. What is found is
// shipped, so that the runner can name the mistake.
import { readFileSync, writeFileSync } from 'node:fs';
import {
  type Implementation,
  runConformance,
  type WrongImplementation,
  wrongImplementations,
} from '@evolock/test-vectors';
import { builtWith } from '@evolock/test-support/edited-sources';
import { beforeAll, expect, test } from 'vitest';
import { findingOf } from '../../../packages/test-vectors/src/conformance.js';
import { wrong } from './wrong-implementations.js';
import { wrongVerifiers, type WrongVerifier } from './wrong-verifiers.js';

/** Deep enough for every mistake. */
const DEPTH = 3;

/** The parts of the vectors for each kind of verifier. */
const PARTS = {
  KES: ['dsign', 'kes'],
  VRF: ['vrf'],
} as const;

const verifiersModule = new URL('../src/kes-verify.ts', import.meta.url);

async function findingsOf(implementation: Implementation): Promise<string[]> {
  const { causes } = await runConformance(implementation, { maxDepth: DEPTH });
  return causes.map(findingOf);
}

/** A verifier, built with its mistake. */
async function verifierOf({ of, edits }: Pick<WrongVerifier, 'of' | 'edits'>) {
  const { verifiers } = (await builtWith(edits, verifiersModule)) as {
    readonly verifiers: Implementation;
  };
  const parts = PARTS[of as keyof typeof PARTS].map((part) => [part, verifiers[part]]);
  return { ...Object.fromEntries(parts), verifiesOnly: true } as Implementation;
}

const found: WrongImplementation[] = [];

beforeAll(async () => {
  for (const { of, name, isForged: forged, edits } of wrongVerifiers)
    found.push({ of, name, forged, found: await findingsOf(await verifierOf({ of, edits })) });
  for (const [name, implementation] of wrong) {
    const of = implementation.vrf === undefined ? 'KES' : 'VRF';
    found.push({ of, name, forged: false, found: await findingsOf(implementation) });
  }
}, 600_000);

test('each is found, and by three causes where anybody could forge', () => {
  const missed = found.filter((one) => one.found.length < (one.forged ? 3 : 1));
  expect(missed.map(({ of, name }) => `${of}: ${name}`)).toEqual([]);
  const count = (kind: string) => found.filter(({ of }) => of === kind).length;
  expect(count('KES')).toBeGreaterThanOrEqual(30);
  expect(count('VRF')).toBeGreaterThanOrEqual(15);
});

test('the right verifiers fail no case', async () => {
  for (const of of Object.keys(PARTS))
    expect(await findingsOf(await verifierOf({ of, edits: [] }))).toEqual([]);
});

const file = new URL(
  '../../../packages/test-vectors/vectors/wrong-implementations.json',
  import.meta.url,
);
const page = new URL('../../../docs/WRONG_IMPLEMENTATIONS.md', import.meta.url);

/** The rows of the page, between its two marks. */
function pageWith(text: string): string {
  const rows = found.map(({ of, name, forged, found: all }) => {
    const causes = all.length === 1 ? '1 cause' : `${String(all.length)} causes`;
    return `| ${of} | ${name} | ${forged ? 'yes' : ''} | ${causes} |`;
  });
  const table = ['| of | mistake | forgeable | found by |', '| --- | --- | --- | --- |', ...rows];
  return text.replace(
    /(?<=<!-- prettier-ignore-start -->\n\n)[^]*(?=\n\n<!-- prettier-ignore-end -->)/,
    () => table.join('\n'),
  );
}

test('what is shipped, and the page, state what is found', () => {
  const text = readFileSync(page, 'utf8');
  if (process.env['EVOLOCK_WRITE_TRANSCRIPT'] !== undefined) {
    const head = {
      schemaVersion: 4,
      generator: 'the tests of the conformance runner',
      provenance: 'the packages and kes-verify, with one mistake each, at depths 0 to 3',
    };
    writeFileSync(file, `${JSON.stringify({ ...head, implementations: found }, undefined, 1)}\n`);
    writeFileSync(page, pageWith(text));
    return;
  }
  expect(wrongImplementations()).toEqual(found);
  expect(text).toBe(pageWith(text));
});

test('the runner names the mistake', async () => {
  const { edits } = wrongVerifiers.find(({ name }) => name.startsWith('sum: only the outermost'))!;
  const { statement } = await runConformance(await verifierOf({ of: 'KES', edits }), {
    maxDepth: DEPTH,
  });
  expect(statement).toContain('KES: sum: only the outermost pair is compared');
});
