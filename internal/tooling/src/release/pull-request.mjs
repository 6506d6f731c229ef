// @ts-check
// Opens the pull request that applies the changesets, or renews it.
//
//   node pull-request.mjs PATCH
//
// A job without rights made the patch (`npm run version`). This script runs beside the rights to write a branch. So it imports
// only modules of Node.js, and starts only git and gh, which are on the runner. gh reads GH_TOKEN and GH_REPO.
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

/** `.ci/run` and the first push know this branch by its name. */
const BRANCH = 'changeset-release/main';

const TITLE = 'Version Packages';
const BODY = `Applies the changesets. Its changelogs are what users read.

To merge it publishes the new versions. GitHub starts no tests for it: close it and open it again.`;

/** What `changeset version` and npm write. */
const EXPECTED =
  /^(?:\.changeset\/[\w-]+\.md|package-lock\.json|[\w-]+(?:\/[\w-]+)?\/(?:package\.json|CHANGELOG\.md))$/;

/**
 * @param {string} command
 * @param {...string} args
 */
function output(command, ...args) {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

const [patch = ''] = process.argv.slice(2);
output('git', 'apply', '--index', resolve(patch));
const changed = output('git', 'diff', '--cached', '--name-only', '--no-renames').trim().split('\n');
const unexpected = changed.filter((file) => !EXPECTED.test(file));
if (unexpected.length > 0) throw new Error(`The patch changes ${unexpected.join(', ')}`);

const name = 'github-actions[bot]';
const author = [`user.name=${name}`, `user.email=41898282+${name}@users.noreply.github.com`];
const settings = (/** @type {readonly string[]} */ lines) => lines.flatMap((line) => ['-c', line]);
output('git', ...settings(author), 'commit', '--quiet', `--message=${TITLE}`);
const remote = `${process.env['GITHUB_SERVER_URL'] ?? ''}/${process.env['GH_REPO'] ?? ''}`;
// The checkout keeps no credentials: gh has the token for this one push.
const credentials = ['credential.helper=', 'credential.helper=!gh auth git-credential'];
output('git', ...settings(credentials), 'push', '--force', remote, `HEAD:refs/heads/${BRANCH}`);

const open = output('gh', 'pr', 'list', '--head', BRANCH, '--state', 'open', '--json', 'number');
if (JSON.parse(open).length === 0)
  output(
    'gh',
    'pr',
    'create',
    '--head',
    BRANCH,
    '--base',
    'main',
    '--title',
    TITLE,
    '--body',
    BODY,
  );
