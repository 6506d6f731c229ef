// Checks the types of programs in a project, and every declaration file of a package that they reach.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** @typedef {'nodenext' | 'bundler'} Resolution how TypeScript finds modules */

/** @type {ts.CompilerOptions} */
const options = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2024.d.ts', 'lib.esnext.disposable.d.ts'],
  types: ['node'],
  strict: true,
  noEmit: true,
};

/** @type {Readonly<Record<Resolution, ts.CompilerOptions>>} */
const resolutions = {
  nodenext: { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  bundler: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
};

/** The files of TypeScript itself, which each project would parse again. */
const library = dirname(fileURLToPath(import.meta.resolve('typescript')));
/** @type {Map<string, ts.SourceFile | undefined>} */
const libraryFiles = new Map();

/**
 * @param {string} project
 * @param {readonly string[]} files
 * @param {Resolution} resolution
 * @throws {Error} with what is wrong
 */
export function checkTypesIn(project, files, resolution) {
  const settings = { ...options, ...resolutions[resolution] };
  const host = ts.createCompilerHost(settings);
  const read = host.getSourceFile.bind(host);
  host.getCurrentDirectory = () => project;
  host.getSourceFile = (file, ...rest) => {
    if (!file.startsWith(library)) return read(file, ...rest);
    if (!libraryFiles.has(file)) libraryFiles.set(file, read(file, ...rest));
    return libraryFiles.get(file);
  };
  const program = ts.createProgram(
    files.map((file) => join(project, file)),
    settings,
    host,
  );
  const checked = program.getSourceFiles().filter(({ fileName }) => !isForeign(fileName));
  const diagnostics = checked.flatMap((file) => [
    ...program.getSyntacticDiagnostics(file),
    ...program.getSemanticDiagnostics(file),
  ]);
  if (diagnostics.length > 0) throw new Error(ts.formatDiagnostics(diagnostics, host));
}

/**
 * @param {string} file
 * @returns {boolean} whether it declares the language or Node.js
 */
function isForeign(file) {
  return file.startsWith(library) || /\/node_modules\/(?:@types|undici-types)\//.test(file);
}
