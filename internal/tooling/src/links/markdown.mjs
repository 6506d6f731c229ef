// The links and anchors of a Markdown page, as the code host shows them.
import MarkdownIt from 'markdown-it';

const parser = new MarkdownIt({ html: true });

/**
 * @typedef {object} Page
 * @property {readonly string[]} targets of its links and images
 * @property {ReadonlySet<string>} anchors the ids of its headings, and those set in HTML
 */

/**
 * @param {string} text Markdown
 * @returns {Page}
 */
export function pageOf(text) {
  const tokens = parser.parse(text, {}).flatMap((token) => [token, ...(token.children ?? [])]);
  const attributes = (/** @type {string} */ name) =>
    tokens.flatMap((token) => attributesOf(token, name));
  const headings = tokens.flatMap((token, at) =>
    token.type === 'heading_open' ? [titleOf(tokens[at + 1])] : [],
  );
  return {
    targets: [...attributes('href'), ...attributes('src')],
    anchors: new Set([...anchorsOf(headings), ...attributes('id')]),
  };
}

/**
 * @param {import('markdown-it/lib/token.mjs').default} token
 * @param {string} name
 * @returns {string[]} the values of an attribute, in Markdown and in HTML within it
 */
function attributesOf(token, name) {
  const value = token.attrGet(name);
  if (value !== null) return [value];
  if (!token.type.startsWith('html_')) return [];
  return [...token.content.matchAll(new RegExp(` ${name}="([^"]*)"`, 'g'))].map(
    ([, found = '']) => found,
  );
}

/**
 * @param {import('markdown-it/lib/token.mjs').default | undefined} heading
 * @returns {string} its text
 */
function titleOf(heading) {
  return (heading?.children ?? [])
    .filter(({ type }) => type === 'text' || type === 'code_inline')
    .map(({ content }) => content)
    .join('');
}

/**
 * @param {readonly string[]} titles of the headings of a page
 * @returns {string[]} their ids: a title that was there before gets a number
 */
function anchorsOf(titles) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return titles.map(anchorOf).map((anchor) => {
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

/**
 * @param {string} title of a heading
 * @returns {string} its id at the code host
 */
export function anchorOf(title) {
  return title
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
}
