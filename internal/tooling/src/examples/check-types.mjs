// Checks all examples in one TypeScript program, with strict options.
import { dirname } from 'node:path';
import ts from 'typescript';

/** @typedef {import('./write.mjs').Written} Written */

/** @type {ts.CompilerOptions} */
const options = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2024.d.ts', 'lib.esnext.disposable.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  allowJs: true,
  checkJs: true,
  noEmit: true,
};

/**
 * @param {readonly Written[]} written
 * @returns {Map<Written, string[]>} what is wrong with each example; nothing for most
 */
export function checkTypes(written) {
  const host = ts.createCompilerHost(options);
  const first = written[0];
  if (first) host.getCurrentDirectory = () => dirname(first.source);
  const program = ts.createProgram(
    written.map(({ source }) => source),
    options,
    host,
  );
  return new Map(written.map((each) => [each, typeErrors(program, each)]));
}

/**
 * @param {ts.Program} program
 * @param {Written} written
 * @returns {string[]}
 */
function typeErrors(program, { example, source }) {
  const file = program.getSourceFile(source);
  if (!file) return [`${source} is not part of the program`];
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
    .filter(({ code }) => example.language === 'ts' || !isImplicitAny(code))
    .map((diagnostic) => describe(diagnostic, example));
}

/**
 * JavaScript has no syntax for the type of a parameter.
 *
 * @param {number} code
 * @returns {boolean}
 */
function isImplicitAny(code) {
  return code >= 7000 && code < 7100;
}

/**
 * @param {ts.Diagnostic} diagnostic
 * @param {import('./fences.mjs').Example} example
 * @returns {string} the mistake at its place in the documentation
 */
function describe({ file, start = 0, messageText, code }, example) {
  const line = file ? file.getLineAndCharacterOfPosition(start).line : 0;
  const message = ts.flattenDiagnosticMessageText(messageText, '\n');
  return `${example.file}:${example.line + 1 + line} TS${code}: ${message}`;
}
