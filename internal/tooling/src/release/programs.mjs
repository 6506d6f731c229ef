// The programs that use an installed package.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {import('../manifests/workspaces.mjs').Manifest} Manifest */

/**
 * Writes a program that imports every module of a package, one that requires them, and one whose types are checked.
 *
 * @param {string} folder the project
 * @param {Manifest} manifest
 * @returns {string[]} the files that Node.js runs; none where a package has only commands
 */
export function writePrograms(folder, { name, version, exports: exported }) {
  const modules = Object.keys(exported ?? {})
    .filter((entry) => !entry.endsWith('.json'))
    .map((entry) => name + entry.slice(1));
  if (modules.length === 0) return [];
  const imports = modules.map((module, at) => `import * as module${at} from '${module}';\n`);
  const used = modules.map((_, at) => `module${at}`).join(', ');
  /** @type {Record<string, string>} */
  const files = {
    'import.mjs': `import assert from 'node:assert';
${imports.join('')}
for (const module of [${used}]) assert(Object.keys(module).length > 0);
`,
    'require.cjs': `const assert = require('node:assert');
assert.equal(require('${name}/package.json').version, '${version}');
for (const name of ${JSON.stringify(modules)}) assert(Object.keys(require(name)).length > 0, name);
`,
    'types.mts': `${imports.join('')}export const modules = [${used}];\n`,
  };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return ['import.mjs', 'require.cjs'].map((file) => join(folder, file));
}

/**
 * @param {Manifest} manifest
 * @param {string} readme
 * @returns {string[]} lines of a shell: the help of each command, and what the README shows of a terminal first
 */
export function commandLines({ bin = {} }, readme) {
  const [, transcript = ''] = /^```console\n(.*?)^```/ms.exec(readme) ?? [];
  return [
    ...Object.keys(bin).map((name) => `${name} --help 2>&1 | grep -i '^usage: ${name}'`),
    ...[...transcript.matchAll(/^\$ (.*)$/gm)].map(([, line = '']) => line),
  ];
}
