// Finds each `@example` in the doc comments of the exported declarations of a TypeScript file.
import ts from 'typescript';
import { fencedExamples } from './fences.mjs';

/** @typedef {import('./fences.mjs').Example} Example */
/** @typedef {{ text: string, line: number }} Line one line of a comment without its asterisk */

/**
 * @param {string} text the TypeScript source
 * @param {string} file relative to the repository
 * @returns {Example[]}
 */
export function docCommentExamples(text, file) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  return exportedStatements(source)
    .flatMap(docComments)
    .flatMap((comment) => commentExamples(commentLines(comment, source), file));
}

/**
 * @param {ts.SourceFile} source
 * @returns {ts.Statement[]}
 */
function exportedStatements(source) {
  const listed = new Set(source.statements.flatMap(listedExports));
  return source.statements.filter(
    (statement) =>
      isExported(statement) || declaredNames(statement).some((name) => listed.has(name)),
  );
}

/**
 * @param {ts.Statement} statement
 * @returns {boolean}
 */
function isExported(statement) {
  if (ts.isExportAssignment(statement) || ts.isExportDeclaration(statement)) return true;
  if (!ts.canHaveModifiers(statement)) return false;
  return (
    ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false
  );
}

/**
 * @param {ts.Statement} statement
 * @returns {string[]} the local names in `export { name }`
 */
function listedExports(statement) {
  if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier) return [];
  if (!statement.exportClause || !ts.isNamedExports(statement.exportClause)) return [];
  return statement.exportClause.elements.map(
    ({ name, propertyName }) => (propertyName ?? name).text,
  );
}

/**
 * @param {ts.Statement} statement
 * @returns {string[]}
 */
function declaredNames(statement) {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  const { name } = /** @type {ts.DeclarationStatement} */ (statement);
  return name ? [name.text] : [];
}

/**
 * @param {ts.Statement} statement
 * @returns {ts.JSDoc[]} the comments of the declaration and of its members
 */
function docComments(statement) {
  /** @type {Set<ts.JSDoc>} */
  const found = new Set();
  /** @param {ts.Node} node */
  const visit = (node) => {
    for (const comment of ts.getJSDocCommentsAndTags(node))
      if (ts.isJSDoc(comment)) found.add(comment);
    // A declaration inside a function is not exported.
    if (!ts.isBlock(node)) ts.forEachChild(node, visit);
  };
  visit(statement);
  return [...found];
}

/**
 * @param {ts.JSDoc} comment
 * @param {ts.SourceFile} source
 * @returns {Line[]}
 */
function commentLines(comment, source) {
  const first = source.getLineAndCharacterOfPosition(comment.pos).line + 1;
  const inner = source.text
    .slice(comment.pos, comment.end)
    .replace(/^\/\*\*/, '')
    .replace(/\*\/$/, '');
  return inner
    .split('\n')
    .map((line, at) => ({ text: line.replace(/^\s*\* ?/, '').trimEnd(), line: first + at }));
}

/**
 * @param {readonly Line[]} lines
 * @param {string} file
 * @returns {Example[]}
 */
function commentExamples(lines, file) {
  return exampleSections(lines).flatMap((section) => {
    const firstLine = section[0]?.line ?? 0;
    const found = fencedExamples(
      section.map(({ text }) => text),
      { file, firstLine },
    );
    // Without a fence, tools do not show it as code and do not run it.
    /** @type {Example} */
    const unfenced = {
      file,
      line: firstLine,
      language: 'ts',
      code: '',
      mistake: '@example needs a ```ts block',
    };
    return found.length > 0 || hasFence(section) ? found : [unfenced];
  });
}

/**
 * Each `@example` with the lines up to the next tag. An `@` inside a fence is code.
 *
 * @param {readonly Line[]} lines
 * @returns {Line[][]}
 */
function exampleSections(lines) {
  /** @type {Line[][]} */
  const sections = [];
  let fenced = false;
  /** @type {Line[] | undefined} */
  let current;
  for (const line of lines) {
    const tag = fenced ? undefined : /^\s*@(\w+)/.exec(line.text)?.[1];
    if (tag !== undefined) {
      current = tag === 'example' ? [] : undefined;
      if (current) sections.push(current);
    }
    current?.push(line);
    if (isFence(line)) fenced = !fenced;
  }
  return sections;
}

/**
 * @param {Line} line
 * @returns {boolean}
 */
function isFence({ text }) {
  return /^\s*(?:`{3,}|~{3,})/.test(text);
}

/**
 * @param {readonly Line[]} section
 * @returns {boolean}
 */
function hasFence(section) {
  return section.some(isFence);
}
