// What an editor shows for the names that a user calls first, and what deep types cost.
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

/** A program as a user writes it. */
const program = `
import { compactSumKesOfDepth, ed25519, MLockedSeed, singleKes, sum6Kes, sumKes, sumKesOfDepth } from '../../src/all.js';

declare const message: Uint8Array;
const seed = MLockedSeed.newRandom(32);
const signingKey = sum6Kes.generateKey(seed);
const signature = signingKey.sign(message);
const verificationKey = signingKey.deriveVerificationKey();
signingKey.update();
signingKey.updateTo(3);
const copy = signingKey.clone();
const isValid = sum6Kes.verify(verificationKey, 0, message, signature);
const composed = sumKes(sumKes(singleKes(ed25519)));
const size = compactSumKesOfDepth(2).signatureSize;
const deep = sumKesOfDepth(16);
const deepSignature = deep.generateKey(seed).sign(message);
const leafSignature = ed25519.generateKey(seed).sign(message);
const sum11 = sumKes(sumKes(sumKes(sumKes(sumKes(sum6Kes)))));
const same: typeof deep = sumKes(sumKes(sumKes(sumKes(sumKes(sum11)))));
`;

/** Characters of two lines of an editor. */
const TWO_LINES = 220;

const path = fileURLToPath(new URL('a-users-program.ts', import.meta.url));
const config = fileURLToPath(new URL('../../../../tsconfig.json', import.meta.url));

function serviceOf(): ts.LanguageService {
  const errors = { onUnRecoverableConfigFileDiagnostic: () => undefined };
  const { options } = ts.getParsedCommandLineOfConfigFile(config, {}, { ...ts.sys, ...errors })!;
  const read = (file: string) => (file === path ? program : ts.sys.readFile(file));
  return ts.createLanguageService({
    getScriptFileNames: () => [path],
    getScriptVersion: () => '1',
    getScriptSnapshot: (file) => {
      const text = read(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => ts.sys.getCurrentDirectory(),
    getCompilationSettings: () => options,
    getDefaultLibFileName: (each) => ts.getDefaultLibFilePath(each),
    fileExists: (file) => file === path || ts.sys.fileExists(file),
    readFile: read,
  });
}

test('what a user calls first is shown in at most two lines, and types of depth 16 cost little', () => {
  const service = serviceOf();
  expect(service.getSemanticDiagnostics(path)).toEqual([]);
  const body = program.indexOf('const seed');
  const shown = new Map<string, string>();
  for (const { 0: name, index } of program.slice(body).matchAll(/[a-z]\w*/gi)) {
    const { displayParts } = service.getQuickInfoAtPosition(path, body + index) ?? {};
    shown.set(name, ts.displayPartsToString(displayParts).replace(/\nimport \w+$/, ''));
  }
  expect([...shown].filter(([, text]) => text.length > TWO_LINES || text.includes('\n'))).toEqual(
    [],
  );
  expect(shown.get('signature')).toBe('const signature: KesSignature<Sum6>');
  expect(shown.get('composed')).toBe('const composed: KesAlgorithm<SumKes<2, Ed25519Shape>>');
  expect(shown.get('size')).toBe('const size: 160');
  // The type instantiations of the package and this program: the same number on every machine.
  expect(service.getProgram()!.getInstantiationCount()).toBeLessThan(10_000);
});
