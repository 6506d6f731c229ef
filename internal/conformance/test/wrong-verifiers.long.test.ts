// Implementations with one mistake each: a shipped case fails, and by three causes where anybody could forge. What is found is
// shipped, so that the runner can name the mistake.
import { readFileSync, writeFileSync } from 'node:fs';
import { compactSumKesOfDepth } from '@evolock/kes-verify';
import type { KesVerification, SealCryptography } from '@evolock/sealed-log/verify';
import {
  type ConformanceCase,
  headerCases,
  type HeaderImplementation,
  type Implementation,
  runConformance,
  sealedLogCases,
  type SealedLogImplementation,
  type WrongImplementation,
  wrongImplementations,
} from '@evolock/test-vectors';
import { builtWith, type Edit } from '@evolock/test-support/edited-sources';
import { beforeAll, expect, test } from 'vitest';
import { findingOf } from '../../../packages/test-vectors/src/conformance.js';
import { wrong } from './wrong-implementations.js';
import { wrongVerifiers } from './wrong-verifiers.js';

/** Deep enough for every mistake. */
const DEPTH = 3;

const sources = (name: string) => new URL(`../src/${name}.ts`, import.meta.url);

/** Verifiers of key evolving signatures or of the VRF, built with a mistake. */
async function verifiersWith(parts: readonly (keyof Implementation)[], edits: readonly Edit[]) {
  const { verifiers } = (await builtWith(edits, sources('kes-verify'))) as {
    readonly verifiers: Implementation;
  };
  const offered = parts.map((part) => [part, verifiers[part]]);
  return { ...Object.fromEntries(offered), verifiesOnly: true } as Implementation;
}

async function findingsOf(implementation: Implementation): Promise<string[]> {
  const { causes } = await runConformance(implementation, { maxDepth: DEPTH });
  return causes.map(findingOf);
}

/** Verifies each signature once for all verifiers: most of them see the same ones. */
const known = new Map<string, boolean>();

function kesOfDepth(depth: number): KesVerification {
  const algorithm = compactSumKesOfDepth(depth);
  return {
    verify(...signature) {
      const text = [depth, ...signature].map(String).join();
      const verdict = known.get(text) ?? algorithm.verify(...signature);
      known.set(text, verdict);
      return verdict;
    },
  };
}

/** The cases of sealed logs that a verifier with a mistake fails. */
async function failedLogs(edits: readonly Edit[]): Promise<string[]> {
  const { sealedLogWith } = (await builtWith(edits, sources('sealed-log'))) as {
    readonly sealedLogWith: (cryptography: Partial<SealCryptography>) => SealedLogImplementation;
  };
  const areOwn = edits.some((edit) => edit.package === 'kes-verify');
  return failedOf(sealedLogCases(sealedLogWith(areOwn ? {} : { kesOfDepth })));
}

/** The headers that a verifier with a mistake judges wrongly. */
async function failedHeaders(edits: readonly Edit[]): Promise<string[]> {
  const built = await builtWith(edits, sources('headers'));
  return failedOf(headerCases((built as { readonly headers: HeaderImplementation }).headers));
}

async function failedOf(cases: readonly ConformanceCase[]): Promise<string[]> {
  const failed: string[] = [];
  for (const { group, name, run } of cases)
    await run().catch(() => failed.push(`${group}: ${name}`));
  return failed;
}

/** What is found of a verifier, by what it verifies. */
const FINDINGS: Readonly<Record<string, (edits: readonly Edit[]) => Promise<string[]>>> = {
  KES: async (edits) => findingsOf(await verifiersWith(['dsign', 'kes'], edits)),
  VRF: async (edits) => findingsOf(await verifiersWith(['vrf'], edits)),
  headers: failedHeaders,
  'sealed logs': failedLogs,
};

/** How many wrong implementations there are at least. */
const LEAST = { KES: 30, VRF: 15, headers: 15, 'sealed logs': 60 };

const found: WrongImplementation[] = [];

beforeAll(async () => {
  for (const { of, name, isForged: forged, edits } of wrongVerifiers)
    found.push({ of, name, forged, found: await FINDINGS[of]!(edits) });
  for (const [name, implementation] of wrong) {
    const of = implementation.vrf === undefined ? 'KES' : 'VRF';
    found.push({ of, name, forged: false, found: await findingsOf(implementation) });
  }
}, 600_000);

/** The same case of several logs is one cause. */
function causesOf({ found: all }: WrongImplementation): number {
  return new Set(all.map((one) => one.replace(/(?<=^sealed log proof: ).*: /, ''))).size;
}

test('each is found, and by three causes where anybody could forge', () => {
  const missed = found.filter((one) => causesOf(one) < (one.forged ? 3 : 1));
  expect(missed.map(({ of, name }) => `${of}: ${name}`)).toEqual([]);
  for (const [kind, least] of Object.entries(LEAST))
    expect(found.filter(({ of }) => of === kind).length).toBeGreaterThanOrEqual(least);
});

test('the right verifiers fail no case', async () => {
  for (const findings of Object.values(FINDINGS)) expect(await findings([])).toEqual([]);
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
  const { statement } = await runConformance(await verifiersWith(['kes'], edits), {
    maxDepth: DEPTH,
  });
  expect(statement).toContain('KES: sum: only the outermost pair of verification keys');
});
