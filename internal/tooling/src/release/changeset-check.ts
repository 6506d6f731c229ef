/**
 * The program of `npm run changeset:check`. A package whose files changed needs a changeset, and so does one whose build
 * contains a file or a library that changed. Its exit code is 1 when a changeset is missing.
 */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { baseOf, withoutChangeset } from './unreleased.js';

/** How many files a message names. */
const SHOWN = 5;

// The built program is in the folder `dist` of the workspace.
const [root = fileURLToPath(new URL('../../..', import.meta.url))] = process.argv.slice(2);
const base = await baseOf(resolve(root));
const missing = await withoutChangeset(resolve(root), base);
console.log(`Compared with ${base.commit.slice(0, 8)}, ${base.name}.`);
for (const [name, changes] of missing) {
  const more = changes.length > SHOWN ? `, and ${String(changes.length - SHOWN)} more` : '';
  console.error(
    `${name} has no changeset, and contains ${changes.slice(0, SHOWN).join(', ')}${more}`,
  );
}
if (missing.size > 0) {
  console.error(`
Name each of these packages in a changeset (npm run changeset), and commit it. A package whose users need no
release of it has the type none there.`);
  process.exitCode = 1;
} else console.log('Every package that contains a change has a changeset.');
