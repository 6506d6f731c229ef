/**
 * The two names that the start script of a node has, for the key and the certificate. `kes.skey` and `node.cert` become links
 * through one link, `.node.cert.pair`, to a folder with a link to each file of the pair. To replace that link is one step, so a
 * node that starts at any moment finds both files of the old pair, or both of the new one.
 */
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { flushFolder } from '@evolock/direct-serialise-io/files';
import { withLockFile } from '@evolock/cardano-kes/all';
import { usage } from '@evolock/command-line/errors';
import { InvalidArgumentError } from '@evolock/command-line/option-values';
import { printable } from '@evolock/command-line/text';
import { ifPossible } from '../errors.js';

/** The files of a pair, or the names that lead to them. */
export interface PairPaths {
  readonly skey: string;
  readonly cert: string;
}

/** The kinds of a pair, in the order of the option. */
const KINDS = ['skey', 'cert'] as const;

export function linkNamesIn(text: string): PairPaths {
  const [skey = '', cert = '', ...more] = text.split(',');
  if (skey === '' || cert === '' || more.length > 0) {
    throw new InvalidArgumentError(
      'Give two names with a comma between them, of the key and of the certificate: kes.skey,node.cert.',
    );
  }
  if (resolve(skey) === resolve(cert))
    throw new InvalidArgumentError('The two names are the same.');
  return { skey, cert };
}

/** The names of a start script, when the paths of a pair are links that an earlier rotation made; `undefined` otherwise. */
export function linkedNamesOf({ skey, cert }: Partial<PairPaths>): PairPaths | undefined {
  if (skey === undefined || cert === undefined) return undefined;
  const names = { skey, cert };
  const isLinked = KINDS.every((kind) => {
    const target = ifPossible(() => readlinkSync(names[kind])) ?? '';
    return basename(target) === kind && basename(dirname(target)) === `.${basename(cert)}.pair`;
  });
  return isLinked ? names : undefined;
}

/** Refuses to erase a key to which names of a start script lead: the next start of the node would find none. */
export function refuseLinked({ skey, cert }: PairPaths): void {
  const folder = dirname(realNameOf(cert));
  const real = ifPossible(() => realpathSync(skey));
  for (const entry of readdirSync(folder)) {
    const [, name] = /^\.(.+)\.pair$/.exec(entry) ?? [];
    const target = ifPossible(() => realpathSync(join(folder, entry, 'skey')));
    if (name === undefined || target === undefined || target !== real) continue;
    throw usage(
      `${printable(skey)}: names of a start script lead to it, by ${printable(join(folder, entry))}: give them, --link <key>,${printable(join(folder, name))}, and they lead to the new pair`,
    );
  }
}

/** Makes two names lead to a pair, and later to the next one. */
export class PairLinks {
  readonly #names: PairPaths;
  /** The folder of the certificate's name, by its real path. */
  readonly #folder: string;
  /** The beginning of the names of all that is made here. */
  readonly #prefix: string;

  constructor({ skey, cert }: PairPaths) {
    this.#names = { skey: realNameOf(skey), cert: realNameOf(cert) };
    this.#folder = dirname(this.#names.cert);
    this.#prefix = `.${basename(cert)}.pair`;
  }

  get #switch(): string {
    return join(this.#folder, this.#prefix);
  }

  /** The pair that a run replaced, and did not clean up; `undefined` when there is none. The key may be erased. */
  before(): PairPaths | undefined {
    const current = ifPossible(() => readlinkSync(this.#switch));
    const found = this.#folders().find((name) => name !== current);
    if (current === undefined || found === undefined) return undefined;
    const folder = join(this.#folder, found);
    const targetOf = (kind: keyof PairPaths) => resolve(folder, readlinkSync(join(folder, kind)));
    return ifPossible(() => ({ skey: targetOf('skey'), cert: targetOf('cert') }));
  }

  /** Refuses names that are in use for something else, before anything is changed. */
  check(old: PairPaths, next: PairPaths, stem: PairPaths): void {
    for (const kind of KINDS) {
      const name = this.#names[kind];
      const stats = lstatSync(name, { throwIfNoEntry: false });
      if (name === realNameOf(next[kind]))
        throw usage(`--link ${printable(name)}: it is the name of the new file: give another name`);
      if (stats === undefined) continue;
      const real = ifPossible(() => realpathSync(name));
      const known = [old, next].map((pair) => ifPossible(() => realpathSync(pair[kind])));
      // A link to a key that was erased leads nowhere.
      const isKnown = real === undefined ? stats.isSymbolicLink() : known.includes(real);
      if (!isKnown || !(stats.isSymbolicLink() || stats.isFile())) {
        throw usage(
          `--link ${printable(name)}: it exists, and leads neither to the old nor to the new file: move it away, or give another name`,
        );
      }
      refuseForeign(name, stats.uid);
      if (stats.isFile()) refuseTaken(name, realNameOf(stem[kind]));
    }
    const isOther = lstatSync(this.#switch, { throwIfNoEntry: false })?.isSymbolicLink() === false;
    if (isOther) throw usage(`${printable(this.#switch)}: it exists, and is no link: move it away`);
  }

  /** Whether both names lead to this pair. */
  leadTo(pair: PairPaths): boolean {
    return KINDS.every((kind) => {
      const real = ifPossible(() => realpathSync(this.#names[kind]));
      return real !== undefined && real === ifPossible(() => realpathSync(pair[kind]));
    });
  }

  /**
   * Makes the names lead to the new pair. A file that has one of the names gets the name of `stem` before. Returns where the old
   * files are then.
   */
  turn(old: PairPaths, next: PairPaths, stem: PairPaths): PairPaths {
    return withLockFile(this.#switch, () => {
      const moved = {
        skey: this.#keep('skey', old, stem),
        cert: this.#keep('cert', old, stem),
      };
      const isThere = ifPossible(() => statSync(moved.skey)) !== undefined;
      if (ifPossible(() => readlinkSync(this.#switch)) === undefined)
        this.#lead(this.#folderOf(isThere ? moved : next));
      for (const kind of KINDS) {
        const name = this.#names[kind];
        replaceByLink(name, relative(dirname(name), join(this.#switch, kind)));
      }
      const made = this.#folderOf(next);
      this.#removeFoldersBut(made, readlinkSync(this.#switch));
      this.#lead(made);
      return moved;
    });
  }

  /** Removes what led to the old pair, after its key is erased. */
  cleanUp(): void {
    withLockFile(this.#switch, () => this.#removeFoldersBut(readlinkSync(this.#switch)));
  }

  #removeFoldersBut(...needed: readonly string[]): void {
    for (const name of this.#folders()) {
      if (!needed.includes(name)) rmSync(join(this.#folder, name), { recursive: true });
    }
  }

  #folders(): string[] {
    return readdirSync(this.#folder).filter((name) => name.startsWith(`${this.#prefix}-`));
  }

  /** A second name for a file that has a name of the start script. Returns where the file stays. */
  #keep(kind: keyof PairPaths, old: PairPaths, stem: PairPaths): string {
    const name = this.#names[kind];
    const isFile = lstatSync(name, { throwIfNoEntry: false })?.isFile() ?? false;
    if (realNameOf(old[kind]) !== name) return old[kind];
    if (isFile && lstatSync(stem[kind], { throwIfNoEntry: false }) === undefined) {
      linkSync(name, stem[kind]);
      flushFolder(stem[kind]);
    }
    return stem[kind];
  }

  /** A folder with a link to each file of a pair. Returns its name. */
  #folderOf(pair: PairPaths): string {
    const name = `${this.#prefix}-${basename(pair.cert)}`;
    const folder = join(this.#folder, name);
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    for (const kind of KINDS)
      replaceByLink(join(folder, kind), relative(folder, realNameOf(pair[kind])));
    return name;
  }

  #lead(folder: string): void {
    replaceByLink(this.#switch, folder);
  }
}

/** The absolute path, with the real path of its folder. The name itself is not followed. */
function realNameOf(path: string): string {
  const full = resolve(path);
  return join(realpathSync(dirname(full)), basename(full));
}

/** Replaces what has the name by a link, in one step, unless it is that link. */
function replaceByLink(name: string, target: string): void {
  if (ifPossible(() => readlinkSync(name)) === target) return;
  const temporary = `${name}.next`;
  ifPossible(() => unlinkSync(temporary));
  symlinkSync(target, temporary);
  renameSync(temporary, name);
  flushFolder(name);
}

/** Who owns a link or a file decides to which file the name leads. */
function refuseForeign(name: string, owner: number): void {
  const user = process.geteuid?.() ?? owner;
  if (owner === user || user === 0) return;
  throw usage(`--link ${printable(name)}: it belongs to user ${owner}, not to ${user}`);
}

/** A killed run may have given the file its second name. */
function refuseTaken(name: string, second: string): void {
  if (second === name)
    throw usage(
      `--link ${printable(name)}: it is the name of a pair: give a name without a period`,
    );
  const stats = lstatSync(second, { throwIfNoEntry: false });
  if (stats === undefined || stats.ino === lstatSync(name).ino) return;
  throw usage(
    `${printable(second)}: it exists already, and ${printable(name)} would get this name: move it away`,
  );
}
