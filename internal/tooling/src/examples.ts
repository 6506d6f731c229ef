/** The examples of the documentation: they are found, and written to modules as a reader would paste them. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
  const fences = markdown.parse(text, {}).filter(({ type }) => type === 'fence');
  return fences.flatMap(({ info, content: code, map }, index) => {
    const [, language, rest = ''] = /^(ts|js)\b(.*)$/.exec(info.trim()) ?? [];
    if (language !== 'ts' && language !== 'js') return [];
    const next = fences[index + 1];
    const isShown = next?.info === 'text' && next.map![0] - map![1] <= 4;
    const line = firstLine + map![0];
    const [, noRun] = /^ no-run: *(\S.*)$/.exec(rest) ?? [];
    if (noRun === undefined && rest !== '')
      throw new Error(`${file}:${String(line)}: the block says "${info}"`);
    return {
      file,
      line,
      language,
      code,
      ...(isShown ? { prints: next.content } : {}),
      ...(noRun === undefined ? {} : { noRun }),
    };
  });
}

/** The examples in the doc comments of a TypeScript file. */
export function commentedExamples(text: string, file: string): Example[] {
  return [...text.matchAll(/^ *\/\*\*$.*?\*\/$/gms)].flatMap(({ 0: comment, index }) => {
    const firstLine = text.slice(0, index).split('\n').length;
    const lines = comment.split('\n').map((line) => line.replace(/^ *(?:\/\*)?\* ?/, ''));
    const found = fencedExamples(lines.join('\n'), file, firstLine);
    if (found.length === 0 && lines.some((line) => line.startsWith('@example')))
      throw new Error(`${file}:${String(firstLine)}: an @example needs a block`);
    return found;
  });
}

/** The examples of a repository: in its README, its documents, the READMEs of its packages, and their doc comments. */
export function allExamples(root: string): Example[] {
  const filesIn = (folder: string, ending: string): string[] =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith(ending))
      .map((name) => `${folder}/${name}`)
      .sort();
  const packages = readdirSync(join(root, 'packages'))
    .map((name) => `packages/${name}`)
    // A private package has no users, and no README.
    .filter((folder) => existsSync(join(root, folder, 'README.md')));
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

/** Those of a careful reader. */
export const compilerOptions: ts.CompilerOptions = {
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
