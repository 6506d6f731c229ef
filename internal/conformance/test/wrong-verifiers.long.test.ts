// Implementations with one mistake each: a shipped case fails, and by three causes where anybody could forge. What is found is
// shipped, so that the runner can name the mistake.
import { readFileSync, writeFileSync } from 'node:fs';
import { compactSumKesOfDepth } from '@evolock/kes-verify';
import type { KesVerification, SealCryptography } from '@evolock/sealed-log/verify';
import {
  type HeaderImplementation,
  type Implementation,
  runConformance,
  type SealedLogImplementation,
  type WrongImplementation,
  wrongImplementations,
} from '@evolock/test-vectors';
import { builtWith, type Edit } from '@evolock/test-support/edited-sources';
import { beforeAll, expect, test } from 'vitest';
import { findingsOf } from '../../../packages/test-vectors/src/conformance.js';
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

/** A verifier of sealed logs with a mistake. */
async function sealedLogsWith(edits: readonly Edit[]): Promise<Implementation> {
  const { sealedLogWith } = (await builtWith(edits, sources('sealed-log'))) as {
    readonly sealedLogWith: (cryptography: Partial<SealCryptography>) => SealedLogImplementation;
  };
  const areOwn = edits.some((edit) => edit.package === 'kes-verify');
  return { sealedLogs: sealedLogWith(areOwn ? {} : { kesOfDepth }) };
}

/** A verifier of headers with a mistake. */
async function headersWith(edits: readonly Edit[]): Promise<Implementation> {
  const built = await builtWith(edits, sources('headers'));
  return { headers: (built as { readonly headers: HeaderImplementation }).headers };
}

/** Verifiers with a mistake, by what they verify. */
const VERIFIERS: Readonly<Record<string, (edits: readonly Edit[]) => Promise<Implementation>>> = {
  KES: (edits) => verifiersWith(['dsign', 'kes'], edits),
  VRF: (edits) => verifiersWith(['vrf'], edits),
  headers: headersWith,
  'sealed logs': sealedLogsWith,
};

/** How many wrong implementations there are at least. */
const LEAST = { KES: 30, VRF: 15, headers: 15, 'sealed logs': 60 };

const found: WrongImplementation[] = [];

beforeAll(async () => {
  const tried = async (
    { of, name, forged }: Pick<WrongImplementation, 'of' | 'name' | 'forged'>,
    implementation: Implementation,
  ) => {
    const report = await runConformance(implementation, { maxDepth: DEPTH });
    const causes = report.causes.length;
    found.push({ of, name, forged, causes, found: findingsOf(report) });
  };
  for (const { of, name, isForged: forged, edits } of wrongVerifiers)
    await tried({ of, name, forged }, await VERIFIERS[of]!(edits));
  for (const [name, implementation, , forged = false] of wrong)
    await tried({ of: implementation.vrf ? 'VRF' : 'KES', name, forged }, implementation);
}, 900_000);

test('each is found, and by three causes where anybody could forge', () => {
  const missed = found.filter(({ forged, causes }) => causes < (forged ? 3 : 1));
  expect(missed.map(({ of, name }) => `${of}: ${name}`)).toEqual([]);
  for (const [kind, least] of Object.entries(LEAST))
    expect(found.filter(({ of }) => of === kind).length).toBeGreaterThanOrEqual(least);
});

test('the right verifiers fail no case', async () => {
  for (const verifiersOf of Object.values(VERIFIERS)) {
    const { failures } = await runConformance(await verifiersOf([]), { maxDepth: DEPTH });
    expect(failures).toEqual([]);
  }
});

const file = new URL(
  '../../../packages/test-vectors/vectors/wrong-implementations.json',
  import.meta.url,
);
const page = new URL('../../../docs/WRONG_IMPLEMENTATIONS.md', import.meta.url);

/** The page, with a table of each kind between its two marks. */
function pageWith(text: string): string {
  const tables = Object.keys(LEAST).map((kind) => {
    const rows = found
      .filter(({ of }) => of === kind)
      .map(({ name, forged, causes }) => `| ${name} | ${forged ? 'yes' : ''} | ${causes} |`);
    const heading = kind[0]!.toUpperCase() + kind.slice(1);
    const head = ['| mistake | forgeable | causes |', '| --- | --- | --- |'];
    return [`## ${heading}\n`, ...head, ...rows].join('\n');
  });
  return text.replace(
    /(?<=<!-- prettier-ignore-start -->\n\n)[^]*(?=\n\n<!-- prettier-ignore-end -->)/,
    () => tables.join('\n\n'),
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

test.each([
  ['KES', 'sum: only the outermost pair of verification keys is compared with its hash'],
  ['headers', 'the KES signature is not verified'],
  ['sealed logs', 'the signatures of a chain are not verified'],
])('the runner names a mistake of %s', async (of, mistake) => {
  const { edits } = wrongVerifiers.find((wrong) => wrong.of === of && wrong.name === mistake)!;
  const { statement } = await runConformance(await VERIFIERS[of]!(edits), { maxDepth: DEPTH });
  expect(statement).toContain(`behaves like a wrong one: ${of}: ${mistake}`);
});
