import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

/** A program as a user writes it. */
const program = `
import { compactSumKesOfDepth, ed25519, singleKes, sum6Kes, sumKes, sumKesOfDepth } from '../../src/index.js';

export const composed = sumKes(sumKes(singleKes(ed25519)));
export const compact = compactSumKesOfDepth(ed25519, 2);
export const signature = composed.signatureSize;
export const deep = sumKesOfDepth(ed25519, 16);
const sum11 = sumKes(sumKes(sumKes(sumKes(sumKes(sum6Kes)))));
export const same: typeof deep = sumKes(sumKes(sumKes(sumKes(sumKes(sum11)))));
`;

const path = fileURLToPath(new URL('a-users-program.ts', import.meta.url));

const config = fileURLToPath(new URL('../../../../tsconfig.json', import.meta.url));

function compiled(): ts.Program {
  const errors = { onUnRecoverableConfigFileDiagnostic: () => undefined };
  const { options } = ts.getParsedCommandLineOfConfigFile(config, {}, { ...ts.sys, ...errors })!;
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (file, version, ...rest) =>
    file === path ? ts.createSourceFile(file, program, version) : read(file, version, ...rest);
  return ts.createProgram([path], options, host);
}

test('an editor shows sizes and periods as numbers, and types of depth 16 cost little', () => {
  const users = compiled();
  const source = users.getSourceFile(path)!;
  expect(users.getSemanticDiagnostics(source)).toEqual([]);
  const checker = users.getTypeChecker();
  const shown = checker
    .getExportsOfModule(checker.getSymbolAtLocation(source)!)
    .map((name) => `${name.name}: ${checker.typeToString(checker.getTypeOfSymbol(name))}`);
  const sum2 = ['name: "ed25519_kes_2^2"', 'totalPeriods: 4;', 'signatureSize: 192;'];
  const compact2 = ['name: "ed25519_compact_kes_2^2"', 'totalPeriods: 4;', 'signatureSize: 160;'];
  for (const [at, parts] of [sum2, compact2, ['signature: 192']].entries()) {
    for (const part of parts) expect(shown[at]).toContain(part);
  }
  // The type instantiations of the package and this program: the same number on every machine.
  expect(users.getInstantiationCount()).toBeLessThan(10_000);
});
