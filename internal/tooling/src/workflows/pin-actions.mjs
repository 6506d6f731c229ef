// Command: pins the actions of all workflows to hashes. It asks GitHub for the commits of their tags.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commitIn, pinActions } from './action-pins.mjs';

const folder = fileURLToPath(new URL('../../../../.github/workflows', import.meta.url));

for (const name of readdirSync(folder)) {
  const file = join(folder, name);
  writeFileSync(file, pinActions(readFileSync(file, 'utf8'), hashOf));
}

/**
 * @param {string} repository
 * @param {string} tag
 * @returns {string}
 */
function hashOf(repository, tag) {
  const references = [`refs/tags/${tag}`, `refs/tags/${tag}^{}`];
  const args = ['ls-remote', `https://github.com/${repository}`, ...references];
  const hash = commitIn(execFileSync('git', args, { encoding: 'utf8' }), tag);
  console.log(`${repository}@${tag} is ${hash}`);
  return hash;
}
