// Copies the working tree to a folder outside the repository, where versions can be changed and packages published.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Copies the files that are committed or could be. changesets reads the git history, so the copy begins one.
 *
 * @param {string} root the repository
 * @param {string} copy an empty folder
 */
export function copyWorkingTree(root, copy) {
  const listed = git(root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard');
  for (const file of listed.split('\0').filter((name) => name && existsSync(join(root, name))))
    cpSync(join(root, file), join(copy, file));
  git(copy, 'init', '--quiet');
  commit(copy);
}

/** @param {string} copy */
export function commit(copy) {
  git(copy, 'add', '--all');
  const author = ['-c', 'user.name=evolock', '-c', 'user.email=evolock@localhost'];
  git(copy, ...author, 'commit', '--quiet', '--message=Working tree');
}

/**
 * Gives the packages the versions that their changesets ask for.
 *
 * @param {string} root the repository, whose changesets is used
 * @param {string} copy
 */
export function applyChangesets(root, copy) {
  const changesets = join(root, 'node_modules', '@changesets', 'cli', 'bin.js');
  output(copy, process.execPath, [changesets, 'version']);
}

/**
 * Links the installed packages of the repository into a copy, with the workspaces of the copy among them.
 *
 * @param {string} root
 * @param {string} copy
 * @param {readonly string[]} workspaces their folders
 */
export function linkInstalled(root, copy, workspaces) {
  linkEntries(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const folder of workspaces) {
    const installed = join(root, folder, 'node_modules');
    if (existsSync(installed)) linkEntries(installed, join(copy, folder, 'node_modules'));
  }
}

/**
 * @param {string} from a folder `node_modules`
 * @param {string} to
 */
function linkEntries(from, to) {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    // npm links a workspace relative to this folder.
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (entry.name === '@evolock') linkEntries(source, target);
    else if (entry.name !== '.cache') symlinkSync(source, target, 'junction');
  }
}

/**
 * @param {string} cwd
 * @param {readonly string[]} args
 * @returns {string}
 */
function git(cwd, ...args) {
  return output(cwd, 'git', args);
}

/**
 * @param {string} cwd
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {string}
 */
function output(cwd, command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}
