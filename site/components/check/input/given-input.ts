/** What the visitor gave: a text or files, together with files that wait for their other parts. */
import { shallowReactive } from 'vue';
import { given, givenFiles, type Given } from '../../../src/check/input/input.js';
import { isVerifierKey, type GivenFile } from '../../../src/check/input/log-files.js';

/** What was recognised, and of which files, when some of them waited. */
export interface Recognised {
  readonly source: Given;
  readonly files?: readonly GivenFile[];
}

export interface GivenInput {
  text: string;
  files: readonly GivenFile[];
  /** The files of a log or of a proof, which wait for other parts of it, for a checkpoint and for the verifier key. */
  held: readonly GivenFile[];
}

export function noInput(): GivenInput {
  return shallowReactive({ text: '', files: [], held: [] });
}

/** The files of the list. A key in the large field is for the files that wait. */
export function listed({ text, files, held }: GivenInput): readonly GivenFile[] {
  return isVerifierKey(text) ? held : files;
}

/** Replaces all of it; what waited does not belong to it. */
export function replace(input: GivenInput, text: string, files: readonly GivenFile[]): void {
  giveFiles(input, files);
  input.text = text;
  input.held = [];
}

/** Gives files instead of the text. */
export function giveFiles(input: GivenInput, files: readonly GivenFile[]): void {
  input.text = '';
  input.files = files;
}

/** Overwrites the bytes of the files, and forgets everything. */
export function wipe(input: GivenInput): void {
  for (const { bytes } of input.files) bytes.fill(0);
  replace(input, '', []);
}

/** Keeps the files, or the text as a file of this name, until other parts follow. Without a name a text is not kept. */
export function hold(input: GivenInput, nameOfText?: string): void {
  const isText = input.files.length === 0 && nameOfText !== undefined;
  input.held = isText ? [textAsFile(input, nameOfText)] : input.files;
}

/** Takes a file away. */
export function remove(input: GivenInput, file: GivenFile): void {
  input.files = input.files.filter((each) => each !== file);
  input.held = input.held.filter((each) => each !== file);
}

/** Recognises what was given, together with what waits for it. */
export async function recognised(input: GivenInput): Promise<Recognised> {
  const { text, files, held } = input;
  const isText = files.length === 0;
  const more = isText ? [textAsFile(input, 'pasted')] : files;
  const alone = await (isText ? given(text) : givenFiles(files));
  if (held.length === 0 || !(await isMore(alone, files, held))) return { source: alone };
  const all = [...held.filter(({ name }) => more.every((each) => each.name !== name)), ...more];
  const together = await givenFiles(all);
  // A whole log does not need what waits of another one.
  if (alone.kind === 'log' && together.kind !== 'log') return { source: alone };
  return { source: together, files: all };
}

/** Whether what was given belongs to what waits: to an unfinished set anything that is nothing else by itself. */
async function isMore(
  alone: Given,
  files: readonly GivenFile[],
  held: readonly GivenFile[],
): Promise<boolean> {
  if (alone.kind === 'part' || files.length === 0) return alone.kind === 'part';
  const before = await givenFiles(held);
  const isNamed = files.some(({ name }) => held.some((each) => each.name === name));
  if (before.kind === 'log')
    return alone.kind === 'unreadable' || (isNamed && alone.kind === 'cbor');
  const isOpen = before.kind === 'part' || (before.kind === 'proof' && before.entry === undefined);
  return isOpen && (alone.kind === 'unreadable' || alone.kind === 'log');
}

function textAsFile({ text }: GivenInput, name: string): GivenFile {
  return { name, bytes: new TextEncoder().encode(text) };
}
