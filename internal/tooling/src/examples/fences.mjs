// Finds the fenced code blocks in Markdown of a file or a doc comment, and the packages that its commands install.

/**
 * A program in the documentation.
 *
 * @typedef {object} Example
 * @property {string} file where it stands, relative to the repository
 * @property {number} line the line of its opening fence, counted from 1
 * @property {'ts' | 'js'} language
 * @property {string} code
 * @property {string} [noRun] why it is not run
 * @property {string} [mistake] why it cannot count as an example
 */

/** @type {ReadonlyMap<string, 'ts' | 'js'>} */
const languages = new Map([
  ['ts', 'ts'],
  ['typescript', 'ts'],
  ['js', 'js'],
  ['javascript', 'js'],
]);

/**
 * Every TypeScript and JavaScript block, in order. A block opens with `ts` or `js`. A block that opens with
 * `ts no-run: reason` is not run. The reason is required.
 *
 * @param {readonly string[]} lines
 * @param {{ file: string, firstLine: number }} place
 * @returns {Example[]}
 */
export function fencedExamples(lines, { file, firstLine }) {
  /** @type {Example[]} */
  const examples = [];
  for (let at = 0; at < lines.length; at += 1) {
    const opening = /^(\s*)(`{3,}|~{3,})\s*([^`]*)$/.exec(lines[at] ?? '');
    if (!opening) continue;
    const [, indent = '', fence = '', info = ''] = opening;
    const end = closingFence(lines, at + 1, fence);
    const code = lines.slice(at + 1, end).map((line) => withoutIndent(line, indent));
    const example = describe(info.trim(), `${code.join('\n')}\n`);
    if (example) examples.push({ file, line: firstLine + at, ...example });
    at = end;
  }
  return examples;
}

/**
 * @param {readonly string[]} lines
 * @param {number} from
 * @param {string} fence
 * @returns {number} the line that closes the block, or the end where none does
 */
function closingFence(lines, from, fence) {
  const end = lines.findIndex((line, at) => {
    const mark = line.trim();
    return at >= from && mark.startsWith(fence) && /^(?:`+|~+)$/.test(mark);
  });
  return end === -1 ? lines.length : end;
}

/**
 * @param {string} line
 * @param {string} indent
 * @returns {string}
 */
function withoutIndent(line, indent) {
  return line.startsWith(indent) ? line.slice(indent.length) : line.trimStart();
}

/**
 * @param {string} info the text after the opening fence
 * @param {string} code
 * @returns {Omit<Example, 'file' | 'line'> | undefined} nothing for a block in another language
 */
function describe(info, code) {
  const [, name = '', rest = ''] = /^(\S*)\s*(.*)$/.exec(info) ?? [];
  const language = languages.get(name);
  if (!language) return undefined;
  if (!rest.startsWith('no-run')) return { language, code };
  const reason = /^no-run:\s*(\S.*)$/.exec(rest)?.[1];
  return reason
    ? { language, code, noRun: reason }
    : { language, code, mistake: 'no-run needs a reason: "no-run: needs a second process"' };
}

/**
 * The packages that the commands of a text install by npm.
 *
 * @param {string} text
 * @returns {string[]} names of packages
 */
export function installedBy(text) {
  const commands = [...text.matchAll(/npm install ([^`\n#]+)/g)].map(([, names = '']) => names);
  return commands.flatMap((names) => names.split(/\s+/)).filter((name) => /^[@a-z]/.test(name));
}
