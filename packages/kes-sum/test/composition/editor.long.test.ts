import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

/** A program as a user writes it. */
const program = `
import { compactSumKesOfDepth, ed25519, singleKes, sum6Kes, compactSum6Kes, compactSumKes, sumKes, sumKesOfDepth } from '../../src/index.js';

export const composed = sumKes(sumKes(singleKes(ed25519)));
export const byDepth = sumKesOfDepth(ed25519, 2);
export const compact = compactSumKesOfDepth(ed25519, 2);
export const deep = sumKesOfDepth(ed25519, 16);
export const some = sumKesOfDepth(ed25519, Number('2'));
export const periods = composed.totalPeriods;
export const signature = composed.signatureSize;

const sum11 = sumKes(sumKes(sumKes(sumKes(sumKes(sum6Kes)))));
const sum16: typeof deep = sumKes(sumKes(sumKes(sumKes(sumKes(sum11)))));
const compact11 = compactSumKes(compactSumKes(compactSumKes(compactSumKes(compactSumKes(compactSum6Kes)))));
const compact16 = compactSumKes(compactSumKes(compactSumKes(compactSumKes(compactSumKes(compact11)))));
export const sizes: [65536, 1088, 1568, 65536, 608, 1568] = [
  sum16.totalPeriods,
  sum16.signatureSize,
  sum16.signingKeySize,
  compact16.totalPeriods,
  compact16.signatureSize,
  compact16.signingKeySize,
];
`;

const path = fileURLToPath(new URL('a-users-program.ts', import.meta.url));

/** What an editor shows for a name of the program. */
function shown(service: ts.LanguageService, name: string): string {
  const position = program.indexOf(`const ${name} `) + 'const '.length;
  const info = service.getQuickInfoAtPosition(path, position);
  return ts.displayPartsToString(info?.displayParts).replaceAll(/\s+/g, ' ');
}

function editor(): ts.LanguageService {
  const { config } = ts.readConfigFile(
    fileURLToPath(new URL('../../../../tsconfig.base.json', import.meta.url)),
    (file) => ts.sys.readFile(file),
  ) as { config: { compilerOptions: unknown } };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, '..');
  return ts.createLanguageService({
    getCompilationSettings: () => ({ ...options, noErrorTruncation: true }),
    getScriptFileNames: () => [path],
    getScriptVersion: () => '1',
    getScriptSnapshot(file) {
      const text = file === path ? program : ts.sys.readFile(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => fileURLToPath(new URL('../..', import.meta.url)),
    getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
    fileExists: (file) => file === path || ts.sys.fileExists(file),
    readFile: (file) => (file === path ? program : ts.sys.readFile(file)),
  });
}

test('an editor shows sizes and periods as numbers, and types of depth 16 cost little', () => {
  const service = editor();
  expect(service.getSemanticDiagnostics(path)).toEqual([]);
  const sum2 = ['totalPeriods: 4;', 'signatureSize: 192;', 'signingKeySize: 224;'];
  const expected = {
    composed: ['"ed25519_kes_2^2"', ...sum2],
    byDepth: ['"ed25519_kes_2^2"', ...sum2],
    compact: ['"ed25519_compact_kes_2^2"', 'totalPeriods: 4;', 'signatureSize: 160;'],
    deep: ['totalPeriods: 65536;', 'signatureSize: 1088;'],
    some: ['totalPeriods: number;', 'signatureSize: number;'],
    periods: ['const periods: 4'],
    signature: ['const signature: 192'],
  };
  for (const [name, parts] of Object.entries(expected)) {
    for (const part of parts) expect(shown(service, name)).toContain(part);
  }
  // The type instantiations of the package and this program: the same number on every machine.
  const steps = service.getProgram()!.getInstantiationCount();
  console.log(`type checking at depth 16: ${String(steps)} instantiations`);
  expect(steps).toBeLessThan(10_000);
});
