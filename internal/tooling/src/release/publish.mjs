// @ts-check
// Publishes the packages that `npm run release:pack` packed, and makes a tag and a release at GitHub for each.
//
//   node publish.mjs FOLDER [BILLS]         publishes what the registry does not have yet; BILLS has the bills of materials
//   node publish.mjs --unpublished FOLDER   prints which versions these are, and changes nothing
//
// It runs beside the rights to publish. So it imports only modules of Node.js, and starts only npm, tar and gh, which are on
// the runner. The rehearsal runs it against a registry on the loopback. Its environment:
//
//   DIGESTS     lines of the form of SHA512SUMS, from the job that packed: exactly these tarballs are published, in this order
//   BILLS       such lines of the bills of materials, from the rehearsal: they are attached to the releases, and nothing more
//   NPM_TOKEN   a token for the registry; npm uses trusted publishing when there is none
//   GITHUB_SHA  the commit of the tags; gh reads GH_TOKEN and GH_REPO
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

/**
 * @typedef {object} Packed
 * @property {string} file the path of the tarball
 * @property {readonly string[]} attached the paths of the files of its release: the tarball, and its bill of materials
 * @property {string} id name and version, which are the name of the tag too
 * @property {string} version
 * @property {string} integrity as the registry states it
 */

/**
 * Runs a program to its end.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} [input]
 */
function run(command, args, input = '') {
  const result = spawnSync(command, args, { encoding: 'utf8', input, maxBuffer: 2 ** 26 });
  if (result.error) throw result.error;
  return result;
}

/**
 * Returns what a program prints, and throws when it fails.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} [input]
 */
function output(command, args, input) {
  const { status, stdout, stderr } = run(command, args, input);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed\n${stdout}${stderr}`);
  return stdout;
}

/**
 * Compares files with their digests. Each job states the files of one kind: the rehearsal runs code that no lockfile names,
 * so it cannot state a tarball.
 *
 * @param {string} folder
 * @param {string} digests lines of `sha512sum`
 * @param {string} kind how the names end
 * @returns {Map<string, string>} the digests by the names of the files
 */
function compared(folder, digests, kind) {
  const lines = digests.split('\n').filter((line) => line !== '');
  const expected = new Map(lines.map((line) => [line.slice(130), line.slice(0, 128)]));
  for (const [file, digest] of expected) {
    if (!/^[\w.-]+$/.test(file) || !file.endsWith(kind))
      throw new Error(`${file} is not the name of a file with the end ${kind}`);
    const found = createHash('sha512')
      .update(readFileSync(join(folder, file)))
      .digest('hex');
    if (found !== digest) throw new Error(`${file} is not the file that was built: wrong SHA-512`);
  }
  return expected;
}

/**
 * Reads the tarballs, in the order of the digests, after it has compared every file with its digest.
 *
 * @param {string} folder
 * @param {string} folderOfBills
 * @returns {Packed[]}
 */
function readPacked(folder, folderOfBills) {
  const tarballs = compared(folder, process.env['DIGESTS'] ?? '', '.tgz');
  const bills = compared(folderOfBills, process.env['BILLS'] ?? '', '.cdx.json');
  if (tarballs.size === 0) throw new Error(`${folder}: no tarball`);
  return [...tarballs].map(([name, digest]) => {
    const file = join(folder, name);
    const manifest = JSON.parse(output('tar', ['-xOzf', file, 'package/package.json']));
    const bill = name.replace(/\.tgz$/, '.cdx.json');
    return {
      file,
      attached: [file, ...(bills.has(bill) ? [join(folderOfBills, bill)] : [])],
      id: `${manifest.name}@${manifest.version}`,
      version: manifest.version,
      integrity: `sha512-${Buffer.from(digest, 'hex').toString('base64')}`,
    };
  });
}

/**
 * The integrity that the registry states of a version. Undefined when it does not have that version.
 *
 * @param {string} id
 * @returns {string | undefined}
 */
function publishedIntegrity(id) {
  const { status, stdout, stderr } = run('npm', ['view', id, 'dist.integrity', '--json']);
  const answer = stdout.trim() === '' ? undefined : JSON.parse(stdout);
  if (status === 0) return answer;
  if (answer?.error?.code === 'E404') return undefined;
  throw new Error(`npm view ${id} failed\n${stdout}${stderr}`);
}

/**
 * Calls a function while npm knows the token. The file names the variable, and npm reads the token from it.
 *
 * @param {() => void} publish
 */
function withToken(publish) {
  if ((process.env['NPM_TOKEN'] ?? '') === '') return publish();
  const folder = mkdtempSync(join(tmpdir(), 'evolock-npmrc-'));
  try {
    const host = output('npm', ['config', 'get', 'registry'])
      .trim()
      .replace(/^https?:/, '');
    writeFileSync(join(folder, 'npmrc'), `${host}:_authToken=\${NPM_TOKEN}\n`);
    process.env['npm_config_userconfig'] = join(folder, 'npmrc');
    publish();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * @param {Packed} packed
 * @param {string} published the integrity that the registry states
 */
function makeRelease({ file, attached, id, version, integrity }, published) {
  const { status, stderr } = run('gh', ['release', 'view', id]);
  if (status === 0) return;
  if (!stderr.includes('release not found')) throw new Error(`gh release view ${id}\n${stderr}`);
  const commit = process.env['GITHUB_SHA'] ?? '';
  // Other bytes are those of an earlier commit.
  if (published !== integrity)
    throw new Error(
      `${id} was published from another commit and has no release: gh release create ${id} --target COMMIT`,
    );
  const changelog = output('tar', ['-xOzf', file, 'package/CHANGELOG.md']);
  const notes = changelog.split(/^## /m).find((section) => section.startsWith(`${version}\n`));
  const about = ['--target', commit, '--title', id, '--notes-file', '-'];
  output(
    'gh',
    ['release', 'create', id, ...attached, ...about],
    notes?.slice(version.length).trim(),
  );
  console.log(`${id}: tag and release`);
}

/** @param {readonly Packed[]} all */
function publishAll(all) {
  for (const packed of all) {
    const published = publishedIntegrity(packed.id);
    if (published === undefined) {
      output('npm', ['publish', packed.file, '--access', 'public', '--ignore-scripts']);
      console.log(`${packed.id}: published`);
    } else console.log(`${packed.id}: the registry has it`);
    makeRelease(packed, published ?? packed.integrity);
  }
}

const { values, positionals } = parseArgs({
  options: { unpublished: { type: 'boolean' } },
  allowPositionals: true,
});
const [folder = '', folderOfBills = ''] = positionals;
const all = readPacked(resolve(folder), resolve(folderOfBills));
if (values.unpublished) {
  const missing = all.filter(({ id }) => publishedIntegrity(id) === undefined);
  console.log(missing.map(({ id }) => id).join(' '));
} else withToken(() => publishAll(all));
