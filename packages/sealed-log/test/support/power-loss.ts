/**
 * What a loss of power leaves of the changes of a program. A change of a file is on the disk once the file was flushed, and a
 * change of a name once its folder was. Of the other changes of each, a loss leaves any number of the first ones; and of the
 * next write half of its bytes, or its length with zeros.
 */
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';

/** Names of a folder that change at once. `undefined` removes a name. */
type Names = ReadonlyMap<string, number | undefined>;

type Edit = { readonly at: number; readonly bytes: Uint8Array } | { readonly size: number };

/** A file or a folder: what is on the disk, and the changes that may not be. */
interface Kept<State, Change> {
  readonly flushed: State;
  readonly pending: readonly Change[];
}

type KeptFile = Kept<Uint8Array, Edit>;
type KeptFolder = Kept<Names, Names>;

/** The contents of files by path. Several names of one file have the same array. */
export type Contents = ReadonlyMap<string, Uint8Array>;

/** The files of a program, which tells each of its changes. */
export class Disk {
  readonly #files: Map<number, KeptFile>;
  readonly #folders: Map<string, KeptFolder>;
  readonly #descriptors = new Map<number, number | string>();
  /** Called after each change. */
  changed: (what: string) => void = () => undefined;

  /**
   * A disk with empty folders, whose own names are on the disk.
   *
   * @param folders - Their paths.
   * @param from - A disk that is the same, whose program was killed. Its changes are as durable as they were.
   */
  constructor(folders: readonly string[], from?: Disk) {
    const empty: KeptFolder = { flushed: new Map(), pending: [] };
    this.#files = new Map(from === undefined ? [] : from.#files);
    this.#folders = new Map(folders.map((folder) => [folder, empty]));
    for (const [folder, kept] of from === undefined ? [] : from.#folders)
      this.#folders.set(folder, kept);
  }

  /** A descriptor of a file, which may be new, or of a folder. Folders that are not recorded do not change. */
  open(fd: number, path: string, isFolder: boolean): void {
    if (this.#folders.has(path)) this.#descriptors.set(fd, path);
    else if (isFolder) this.#descriptors.delete(fd);
    else this.#descriptors.set(fd, this.#fileAt(path) ?? this.#create(path));
  }

  write(fd: number, bytes: Uint8Array, at: number): void {
    this.#edit(fd, { at, bytes: new Uint8Array(bytes) });
  }

  truncate(fd: number, size: number): void {
    this.#edit(fd, { size });
  }

  rename(from: string, to: string): void {
    this.#name(from, [
      [basename(from), undefined],
      [basename(to), this.#fileAt(from)],
    ]);
  }

  link(from: string, to: string): void {
    this.#name(to, [[basename(to), this.#fileAt(from)]]);
  }

  unlink(path: string): void {
    if (this.#fileAt(path) !== undefined) this.#name(path, [[basename(path), undefined]]);
  }

  flush(fd: number): void {
    const opened = this.#descriptors.get(fd);
    if (typeof opened === 'number') this.#files.set(opened, flushed(this.#file(opened), edited));
    else if (opened !== undefined)
      this.#folders.set(opened, flushed(this.#folders.get(opened)!, named));
    this.changed(`flush of ${String(opened)}`);
  }

  /** The files as the running system shows them. */
  get contents(): Contents {
    return [...this.#left((each, apply) => [flushed(each, apply).flushed])][0]!;
  }

  /** What a loss of power can leave now. */
  losses(): Iterable<Contents> {
    return this.#left((each, apply) => [...prefixesOf(each, apply)], tornStatesOf);
  }

  /** What a loss of power can leave now, when of each file and folder it leaves all changes, or none that was not flushed. */
  extremeLosses(): Iterable<Contents> {
    return this.#left((each, apply) =>
      each.pending.length === 0 ? [each.flushed] : [each.flushed, flushed(each, apply).flushed],
    );
  }

  *#left(
    statesOf: StatesOf,
    moreOf: (file: KeptFile) => Uint8Array[] = () => [],
  ): Generator<Contents> {
    for (const folders of choices(this.#folders, (folder) => statesOf(folder, named))) {
      const ids = new Set([...folders.values()].flatMap((names) => [...names.values()]));
      const reachable = [...this.#files].filter(([id]) => ids.has(id));
      for (const files of choices(reachable, (file) => [
        ...statesOf(file, edited),
        ...moreOf(file),
      ])) {
        const contents = new Map<string, Uint8Array>();
        for (const [folder, names] of folders)
          for (const [name, id] of names)
            if (id !== undefined) contents.set(join(folder, name), files.get(id)!);
        yield contents;
      }
    }
  }

  #create(path: string): number {
    const id = this.#files.size;
    this.#files.set(id, { flushed: new Uint8Array(0), pending: [] });
    this.#name(path, [[basename(path), id]]);
    return id;
  }

  #file(id: number): KeptFile {
    return this.#files.get(id)!;
  }

  #fileAt(path: string): number | undefined {
    const folder = this.#folders.get(dirname(path));
    if (folder === undefined) throw new Error(`a change in a folder that is not recorded: ${path}`);
    return flushed(folder, named).flushed.get(basename(path));
  }

  #edit(fd: number, edit: Edit): void {
    const id = this.#descriptors.get(fd);
    if (typeof id !== 'number') throw new Error('a change of a file that is not recorded');
    const { pending, ...file } = this.#file(id);
    this.#files.set(id, { ...file, pending: [...pending, edit] });
    this.changed(`change of file ${String(id)}`);
  }

  #name(path: string, names: readonly (readonly [string, number | undefined])[]): void {
    const folder = dirname(path);
    const { pending, ...rest } = this.#folders.get(folder)!;
    this.#folders.set(folder, { ...rest, pending: [...pending, new Map(names)] });
    this.changed(`names ${names.map(([name]) => name).join(', ')}`);
  }
}

type Apply<State, Change> = (state: State, change: Change) => State;
type StatesOf = <State, Change>(
  kept: Kept<State, Change>,
  apply: Apply<State, Change>,
) => readonly State[];

function flushed<State, Change>(
  { flushed: state, pending }: Kept<State, Change>,
  apply: Apply<State, Change>,
): Kept<State, Change> {
  return { flushed: pending.reduce(apply, state), pending: [] };
}

function* prefixesOf<State, Change>(
  { flushed: first, pending }: Kept<State, Change>,
  apply: Apply<State, Change>,
): Generator<State> {
  let state = first;
  yield state;
  for (const change of pending) yield (state = apply(state, change));
}

function tornStatesOf(file: KeptFile): Uint8Array[] {
  const before = [...prefixesOf(file, edited)];
  return file.pending.flatMap((edit, at) => {
    if (!('bytes' in edit)) return [];
    const { at: from, bytes } = edit;
    const half = bytes.subarray(0, Math.floor(bytes.length / 2));
    return [half, new Uint8Array(bytes.length)].map((torn) =>
      edited(before[at]!, { at: from, bytes: torn }),
    );
  });
}

function edited(content: Uint8Array, edit: Edit): Uint8Array {
  const size = 'size' in edit ? edit.size : Math.max(content.length, edit.at + edit.bytes.length);
  const changed = new Uint8Array(size);
  changed.set(content.subarray(0, size));
  if ('bytes' in edit) changed.set(edit.bytes, edit.at);
  return changed;
}

function named(names: Names, change: Names): Names {
  return new Map([...names, ...change]);
}

/** Each choice of one state for each key. */
function* choices<Key, Item, State>(
  items: Iterable<readonly [Key, Item]>,
  statesOf: (item: Item) => readonly State[],
): Generator<ReadonlyMap<Key, State>> {
  const [first, ...others] = items;
  if (first === undefined) return yield new Map();
  for (const rest of choices(others, statesOf))
    for (const state of statesOf(first[1])) yield new Map([[first[0], state], ...rest]);
}

/** The same for the same contents. */
export function nameOf(contents: Contents): string {
  const hash = createHash('sha256');
  const first = new Map<Uint8Array, string>();
  for (const path of [...contents.keys()].sort()) {
    const content = contents.get(path)!;
    const linked = first.get(content);
    first.set(content, linked ?? path);
    hash.update(`${path}\n${linked ?? String(content.length)}\n`).update(content);
  }
  return hash.digest('hex');
}
