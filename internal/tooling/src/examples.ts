/** The examples of the documentation: they are found, written to modules as a reader would paste them, checked and run. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import MarkdownIt from 'markdown-it';
import ts from 'typescript';

/** A program in the documentation. */
export interface Example {
  /** Where it stands, relative to the repository. */
  readonly file: string;
  /** The line of its opening fence, counted from 1. */
  readonly line: number;
  readonly language: 'ts' | 'js';
  readonly code: string;
  /** What it prints: the block `text` that comes next, with at most one sentence between. */
  readonly prints?: string;
  /** Why it is not run. */
  readonly noRun?: string;
  /** Why it cannot count as an example. */
  readonly mistake?: string;
}

/** An example on the disk. */
export interface Written {
  readonly example: Example;
  /** The file whose types are checked. */
  readonly source: string;
  /** The file that Node.js runs. */
  readonly program: string;
}

const markdown = new MarkdownIt();

/**
 * The examples of a Markdown text: blocks that open with `ts` or `js`. A block that opens with `ts no-run: reason` is not
 * run.
 */
export function fencedExamples(text: string, file: string, firstLine = 1): Example[] {
  const tokens = markdown.parse(text, {});
  const fences = tokens.filter(({ type }) => type === 'fence');
  return fences.flatMap((fence, index) => {
    const { info, content: code, map } = fence;
    const [, language, rest = ''] = /^(ts|js)(?: (.*))?$/.exec(info.trim()) ?? [];
    if (language !== 'ts' && language !== 'js') return [];
    const next = fences[index + 1];
    const shown = next?.info === 'text' && next.map![0] - map![1] <= 4 ? next.content : undefined;
    const prints = shown === undefined ? {} : { prints: shown };
    const found = { file, line: firstLine + (map?.[0] ?? 0), language, code, ...prints } as const;
    if (!rest.startsWith('no-run')) return [found];
    const noRun = /^no-run: *(\S.*)$/.exec(rest)?.[1];
    return [
      { ...found, ...(noRun === undefined ? { mistake: 'no-run needs a reason' } : { noRun }) },
    ];
  });
}

/** The examples in the doc comments of a TypeScript file. */
export function commentedExamples(text: string, file: string): Example[] {
  return [...text.matchAll(/^ *\/\*\*$.*?\*\/$/gms)].flatMap(({ 0: comment, index }) => {
    const firstLine = text.slice(0, index).split('\n').length;
    const lines = comment.split('\n').map((line) => line.replace(/^ *(?:\/\*)?\* ?/, ''));
    const found = fencedExamples(lines.join('\n'), file, firstLine);
    if (found.length > 0 || !lines.some((line) => line.startsWith('@example'))) return found;
    const mistake = 'an @example needs a ```ts block';
    return [{ file, line: firstLine, language: 'ts' as const, code: '', mistake }];
  });
}

/** The examples of a repository: in its README, its documents, the READMEs of its packages, and their doc comments. */
export function allExamples(root: string): Example[] {
  const filesIn = (folder: string, ending: string): string[] =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith(ending))
      .map((name) => `${folder}/${name}`)
      .sort();
  const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`);
  const pages = [
    'README.md',
    ...packages.map((one) => `${one}/README.md`),
    ...filesIn('docs', '.md'),
  ];
  const sources = packages.flatMap((folder) => filesIn(`${folder}/src`, '.ts'));
  const read = (file: string): string => readFileSync(join(root, file), 'utf8');
  return [
    ...pages.flatMap((file) => fencedExamples(read(file), file)),
    ...sources.flatMap((file) => commentedExamples(read(file), file)),
  ];
}

/** The packages that the commands of a text install by npm. */
export function installedBy(text: string): string[] {
  const commands = [...text.matchAll(/npm install ([^`\n#]+)/g)].map(([, names = '']) => names);
  return commands.flatMap((names) => names.split(/\s+/)).filter((name) => /^[@a-z]/.test(name));
}

/** Writes examples into a folder, which is emptied first. A JavaScript example is not changed: it runs in plain Node.js. */
export function writeExamples(examples: readonly Example[], folder: string): Written[] {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return examples.map((example) => {
    const { file, line, language, code } = example;
    const path = join(folder, `${file.replace(/[^A-Za-z0-9]+/g, '-')}-line-${String(line)}`);
    const program = `${path}.mjs`;
    const source = language === 'js' ? program : `${path}.mts`;
    writeFileSync(source, code);
    if (language === 'ts')
      writeFileSync(
        program,
        ts.transpileModule(code, { fileName: source, compilerOptions }).outputText,
      );
    return { example, source, program };
  });
}

const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2024.d.ts', 'lib.esnext.disposable.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  allowJs: true,
  checkJs: true,
  noEmit: true,
};

/** Checks and runs examples in a folder inside the repository. Returns what is wrong with each, which is nothing for most. */
export function proveExamples(
  examples: readonly Example[],
  folder: string,
): Map<Example, string[]> {
  const runnable = examples.filter(
    ({ mistake, noRun }) => mistake === undefined && noRun === undefined,
  );
  const written = writeExamples(runnable, folder);
  const program = ts.createProgram(
    written.map(({ source }) => source),
    compilerOptions,
  );
  const problems = new Map(
    examples.map((one) => [one, one.mistake === undefined ? [] : [one.mistake]]),
  );
  const files = new Set(written.map(({ example }) => example.file));
  for (const file of files) {
    const group = written.filter(({ example }) => example.file === file);
    const { failures, outputs } = runInTurn(group.map(({ program: path }) => path));
    for (const one of group)
      problems.set(one.example, [
        ...typeErrors(program, one),
        ...(failures.get(one.program) ?? []),
        ...otherOutput(one.example, outputs.get(one.program)),
      ]);
  }
  return problems;
}

function otherOutput({ prints }: Example, output: string | undefined): string[] {
  if (prints === undefined || output === undefined || output === prints) return [];
  return [`prints ${JSON.stringify(output)}, and the page shows ${JSON.stringify(prints)}`];
}

/** The mistakes in the types of an example, at their places in the documentation. */
function typeErrors(program: ts.Program, { example, source }: Written): string[] {
  const file = program.getSourceFile(source);
  return (
    [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
      // JavaScript has no syntax for the type of a parameter.
      .filter(({ code }) => example.language === 'ts' || code < 7000 || code >= 7100)
      .map(({ start = 0, messageText, code }) => {
        const line = file?.getLineAndCharacterOfPosition(start).line ?? 0;
        const message = ts.flattenDiagnosticMessageText(messageText, '\n');
        return `${example.file}:${String(example.line + 1 + line)} TS${String(code)}: ${message}`;
      })
  );
}

/** Imports the programs that it gets, and prints a mark before each. */
const driver = `
import { pathToFileURL } from 'node:url';
for (const program of process.argv.slice(2)) {
  console.log('\\n--- ' + program);
  await import(pathToFileURL(program).href);
  // A promise that was not awaited may reject now.
  await new Promise(setImmediate);
}
console.log('\\n--- end');
// A timer or a socket of an example does not delay the others.
process.exit();
`;

/** Runs programs in one process, and in a new one after a program that fails. Returns the failures, and what the others print. */
function runInTurn(programs: readonly string[]) {
  const failures = new Map<string, string[]>();
  const outputs = new Map<string, string>();
  for (let rest = programs; rest.length > 0;) {
    const cwd = dirname(rest[0] ?? '');
    const file = join(cwd, 'driver.mjs');
    writeFileSync(file, driver);
    const temporary = mkdtempSync(join(tmpdir(), 'evolock-examples-'));
    // Without the options of vitest. An example may write files into both folders.
    const env = { ...process.env, NODE_OPTIONS: '', TMPDIR: temporary };
    const options = { cwd, encoding: 'utf8', env } as const;
    const { stdout, stderr, status, signal } = spawnSync(
      process.execPath,
      [file, ...rest],
      options,
    );
    rmSync(temporary, { recursive: true });
    for (const part of stdout.split('\n--- ').slice(1, -1)) {
      const end = part.indexOf('\n');
      outputs.set(part.slice(0, end), part.slice(end + 1));
    }
    const marks = [...stdout.matchAll(/^--- (.*)$/gm)].map(([, name]) => name ?? '');
    const last = marks.at(-1) ?? '';
    if (last === 'end') break;
    failures.set(last, [`ended the process (${String(signal ?? status)}): ${stderr}${stdout}`]);
    rest = rest.slice(rest.indexOf(last) + 1);
  }
  return { failures, outputs };
}
