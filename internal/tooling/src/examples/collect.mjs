// Collects every example of the documentation.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { docCommentExamples } from './doc-comments.mjs';
import { fencedExamples } from './fences.mjs';

/** @typedef {import('./fences.mjs').Example} Example */

/**
 * @param {string} root the repository
 * @returns {Example[]}
 */
export function collectExamples(root) {
  const packages = foldersIn(root, 'packages');
  const documents = [
    'README.md',
    ...packages.map((folder) => `${folder}/README.md`),
    ...filesIn(root, 'docs', '.md'),
  ];
  const sources = packages.flatMap((folder) => filesIn(root, `${folder}/src`, '.ts'));
  return [
    ...documents
      .filter((file) => existsSync(join(root, file)))
      .flatMap((file) => markdownExamples(read(root, file), file)),
    ...sources.flatMap((file) => docCommentExamples(read(root, file), file)),
  ];
}

/**
 * @param {string} text
 * @param {string} file relative to the repository
 * @returns {Example[]}
 */
export function markdownExamples(text, file) {
  return fencedExamples(text.split('\n'), { file, firstLine: 1 });
}

/**
 * @param {string} root
 * @param {string} file
 * @returns {string}
 */
function read(root, file) {
  return readFileSync(join(root, file), 'utf8');
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]}
 */
function foldersIn(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${folder}/${name}`)
    .sort();
}

/**
 * @param {string} root
 * @param {string} folder
 * @param {string} ending
 * @returns {string[]} the files in the folder and below
 */
function filesIn(root, folder, ending) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .sort();
}
