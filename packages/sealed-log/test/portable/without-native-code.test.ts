/** The verifier outside of Node.js. */
import { createContext, runInContext } from 'node:vm';
import { fileURLToPath } from 'node:url';
import { sealedLogVectors } from '@evolock/test-vectors';
import { build } from 'esbuild';
import { beforeAll, expect, test } from 'vitest';

const { logs, proofs } = sealedLogVectors();

let bundle: string;
let modules: string[];
beforeAll(async () => {
  const { outputFiles, metafile, warnings } = await build({
    stdin: {
      contents: "export * from '@evolock/sealed-log/verify'",
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    ...{ bundle: true, minify: true, write: false, metafile: true, logLevel: 'silent' },
    ...{ format: 'iife', globalName: 'log' },
    // A module of Node.js does not resolve on this platform.
    platform: 'browser',
  });
  expect(warnings).toEqual([]);
  bundle = outputFiles[0]!.text;
  modules = Object.keys(metafile.inputs);
});

/** Runs a script in a global scope that has what browsers, workers, Deno and Bun have, and no more. */
function run(script: string): unknown {
  const context = createContext({ TextEncoder, TextDecoder, atob, btoa, setTimeout });
  runInContext(bundle, context);
  return runInContext(script, context);
}

test('a log is verified without a global of Node.js', async () => {
  const { verifierKey, entries, seals } = logs[1]!;
  const bytes = (given: Uint8Array) => `Uint8Array.of(${given.join()})`;
  const given = `{ verifierKey: '${verifierKey}', files: [${bytes(entries)}], seals: ${bytes(seals)} }`;
  const verdict = run(
    `log.verifySealedLog(${given}).then(({ result, seals }) => [result, seals].join())`,
  );
  expect(await verdict).toBe('incomplete,9');
});

test('a proof is checked without a global of Node.js', () => {
  for (const { verifierKey, entry, proof, valid, revokedFrom } of proofs) {
    const given = `{ verifierKey: '${verifierKey}', entry: Uint8Array.of(${entry.join()}), proof: ${JSON.stringify(proof)}, revokedFrom: ${String(revokedFrom)} }`;
    expect(run(`log.verifyEntryProof(${given}).result`)).toBe(valid ? 'valid' : 'invalid');
  }
});

test('of these packages it loads the verifier without native code and the checks of arguments', () => {
  const names = modules.flatMap(
    (path) => /(?:packages|node_modules)\/(@noble\/\w+|[\w-]+)\//.exec(path)?.[1] ?? [],
  );
  expect([...new Set(names)].sort()).toEqual([
    ...['@noble/curves', '@noble/hashes'],
    ...['direct-serialise', 'kes-verify', 'sealed-log'],
  ]);
});
