// @ts-check
// What the pages of the API reference need beyond what typedoc-plugin-markdown writes.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { Comment } from 'typedoc';
import { scope } from '../../internal/tooling/src/ladder/ladder.mjs';
import { packageOf, published, root } from './packages.mjs';

/**
 * @param {readonly import('typedoc').DeclarationReflection[]} modules
 * @returns {string} the page of all modules, in the order of the menu, with a sentence each
 */
export function landingPage(modules) {
  const rows = published.flatMap((name) => {
    const own = modules.filter((module) => packageOf(module.name) === name);
    return own.map((module) => {
      const text = Comment.combineDisplayParts(module.comment?.summary).replaceAll('\n', ' ');
      const [sentence = text] = /^.*?\.(?= |$)/.exec(text) ?? [];
      return `| [\`${module.name}\`](${module.name.slice(scope.length)}.md) | ${sentence} |`;
    });
  });
  return [
    '# API',
    '',
    'Every name that a program can import, with its sizes, options and errors. [Packages](../packages/index.md) says which one you need.',
    '',
    '| import | what it is |',
    '| --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** Characters above which all but the functions of a module has pages of its own. */
const LONG = 40_000;

/**
 * Leaves headings to names, lists in one paragraph what a module exports of others, and splits long pages.
 *
 * @param {string} folder of the pages
 */
export function improve(folder) {
  const texts = new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => [
        name,
        withShortList(withoutRepetition(withAnchors(readFileSync(join(folder, name), 'utf8')))),
      ]),
  );
  for (const name of published) {
    const page = `${name}.md`;
    const text = texts.get(page);
    if (text !== undefined) texts.set(page, withFirst(text, callsOf(name, page, texts)));
  }
  /** @type {Map<string, string>} the new page of each anchor that moves, by its old page and name */
  const moved = new Map();
  /** @type {{ page: string, from: string, text: string }[]} */
  const pages = [...texts].flatMap(([page, text]) => {
    if (text.length < LONG) return [{ page, from: page, text }];
    const name = page.replace(/\.md$/, '');
    const apart = text.split(/^(?=## )/m).flatMap((section) => {
      const [, kind] =
        /^## (Variables|Classes|Interfaces|Type Aliases|Also exported)\n/.exec(section) ?? [];
      if (kind === undefined) return [];
      const own = `${name}/${kind.toLowerCase().replace(' ', '-')}.md`;
      for (const [, id] of section.matchAll(/(?:\{#|<a id=")([^}"]+)/g))
        moved.set(`${page}#${id}`, own);
      return [{ page: own, from: page, kind, text: section }];
    });
    const rest = apart.reduce(
      (before, { page: own, text: section, kind }) =>
        before.replace(section, `[${kind}](${posix.relative(posix.dirname(page), own)})\n\n`),
      text,
    );
    return [
      { page, from: page, text: rest },
      ...apart.map((each) => ({
        ...each,
        text: `# API: ${name}, ${each.kind.toLowerCase()}\n\n${each.text}`,
      })),
    ];
  });
  for (const { page, from, text: own } of pages) {
    const changed = own.replaceAll(
      /\]\(([^()\s:]*\.md)?(#[^()\s]*)?\)/g,
      (_, path, anchor = '') => {
        const old = path === undefined ? from : posix.join(posix.dirname(from), path);
        const now = moved.get(old + anchor) ?? old;
        const target = now === page ? '' : posix.relative(posix.dirname(page), now);
        return `](${target}${anchor})`;
      },
    );
    mkdirSync(dirname(join(folder, page)), { recursive: true });
    // A long type can go on in the next line after a bracket.
    const titled = changed.replace(`# ${scope}`, '# API: ');
    const text = titled.replaceAll(/^(?!#).*$/gm, (line) => line.replaceAll('\\<', '\\<<wbr>'));
    writeFileSync(join(folder, page), `---\npageClass: api\n---\n\n${text}`);
  }
}

/**
 * @param {string} name of a package
 * @param {string} page of its main entry
 * @param {ReadonlyMap<string, string>} texts of all pages
 * @returns {string} the table of calls of its README, each with a link to its place
 */
function callsOf(name, page, texts) {
  const readme = readFileSync(new URL(`packages/${name}/README.md`, root), 'utf8');
  const [table = ''] = /^\| call +\|[^]*?\n(?!\|)/m.exec(readme) ?? [];
  // The name alone is the link, since it is not broken.
  return table.replaceAll(/^\| `(\w+)([^`]*)`/gm, (cell, called, rest) => {
    const place = placeOf(called, page, texts);
    if (place === undefined) return cell;
    return `| [\`${called}\`](${place})${rest === '' ? '' : `\`${rest}\``}`;
  });
}

/**
 * @param {string} name that a package exports
 * @param {string} page of its main entry
 * @param {ReadonlyMap<string, string>} texts of all pages
 * @returns {string | undefined} the link to it: on this page, or on the page of a package below
 */
function placeOf(name, page, texts) {
  const heading = new RegExp(`^### ${name}(?:\\(\\))? \\{(#.*)\\}$`, 'm');
  const main = published.toReversed().map((each) => `${each}.md`);
  for (const one of [page, ...main]) {
    const [, anchor] = heading.exec(texts.get(one) ?? '') ?? [];
    if (anchor !== undefined) return `${one === page ? '' : one}${anchor}`;
  }
  return undefined;
}

/**
 * @param {string} text of a page
 * @param {string} table of the calls that matter first
 * @returns {string} the same, with these at its beginning
 */
function withFirst(text, table) {
  if (table === '') return text;
  return text.replace(/^## /m, () => `## First\n\n${table}\n## `);
}

/** @param {string} text of a page @returns {string} the same, in which each heading is that of a name, and has its anchor */
function withAnchors(text) {
  return text
    .replaceAll(/^<a id="(.*)"><\/a>\n\n(#.*)$/gm, '$2 {#$1}')
    .replaceAll(
      /^#{4,6} ((?:Type )?Parameters|Properties|Returns|Throws|Extends|Extended by|Implements|Implementation of|Inherited from)$/gm,
      '**$1**',
    )
    .replaceAll(/^Defined in: \[.*?\]/gm, '[source]')
    .replaceAll('| - |', '| |');
}

/**
 * @param {string} text of a page
 * @returns {string} the same, without types that the signature states or that fill a paragraph, with one list of errors, and one of types
 */
export function withoutRepetition(text) {
  return text
    .replaceAll(/^(> \*\*\w+\*\*.*?\): \[`\w+`\]\([^)]*\))\\<\\\{ .{200,}\\\}\\>$/gm, '$1\\<…\\>')
    .replaceAll(/^\*\*Returns\*\*\n\n[^\n|]+\n\n(?=\*\*|#|$(?![^]))/gm, '')
    .replaceAll(/^(\*\*Returns\*\*\n\n)[`[][^\n|]+\n\n(?!\|)/gm, '$1')
    .replaceAll(
      /^(\*\*Throws\*\*\n\n(?:(?!\*\*|#).*\n)*)((?:\*\*Throws\*\*\n\n(?:(?!\*\*|#).*\n)*)+)/gm,
      (_, first, others) => first + others.replaceAll('**Throws**\n\n', ''),
    )
    .replaceAll(
      /^(\*\*Type Parameters\*\*)\n\n\| Type Parameter \|\n\| -+ \|\n((?:\|.*\|\n)+)/gm,
      (_, title, rows) =>
        `${title}: ${rows
          .trim()
          .split('\n')
          .map((/** @type {string} */ row) => row.slice(2, -2).replaceAll('\\|', '|'))
          .join(', ')}\n`,
    );
}

/** @param {string} text of a page @returns {string} the same, in which re-exports are one paragraph */
function withShortList(text) {
  return text.replace(/^## References\n(?:(?!^## ).*\n?)*/m, (list) => {
    const links = [...list.matchAll(/^Re-exports (\[.*)$/gm)].map(([, link]) => link);
    return `## Also exported\n\n${links.join(', ')}\n\n`;
  });
}
