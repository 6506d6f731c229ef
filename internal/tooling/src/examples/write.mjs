// Writes each example to a module of its own, as a reader would paste it.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** @typedef {import('./fences.mjs').Example} Example */

/**
 * @typedef {object} Written
 * @property {Example} example
 * @property {string} source the file whose types are checked
 * @property {string} program the file Node runs
 */

/**
 * @param {readonly Example[]} examples
 * @param {string} directory emptied first; it stands inside the repository, so imports resolve as a user's do
 * @returns {Written[]}
 */
export function writeExamples(examples, directory) {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  return examples.map((example) => writeExample(example, join(directory, fileName(example))));
}

/**
 * @param {Example} example
 * @returns {string} without its ending
 */
function fileName({ file, line }) {
  return `${file.replace(/[^A-Za-z0-9]+/g, '-')}-line-${line}`;
}

/**
 * @param {Example} example
 * @param {string} path without its ending
 * @returns {Written}
 */
function writeExample(example, path) {
  const program = `${path}.mjs`;
  if (example.language === 'js') {
    // Unchanged: a JavaScript example must run in plain Node.
    writeFileSync(program, example.code);
    return { example, source: program, program };
  }
  const source = `${path}.mts`;
  writeFileSync(source, example.code);
  writeFileSync(program, withoutTypes(example.code));
  return { example, source, program };
}

/**
 * @param {string} code
 * @returns {string}
 */
function withoutTypes(code) {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
  });
  return outputText;
}
