// @ts-check
// Tables: a figure, its unit and its spread are not broken. On a phone columns that matter less are left out. When the others do
// not fit beside one another, a row is a list, in which each cell has the name of its column.

/** Names of columns that matter less. So does a second column of one name. */
const minor =
  /^(?:beside|target|how|operations|scans|copies in locked memory|compact|locked|table|version|date)/;

/** Characters that fit beside one another. */
const ROOM = 30;

/** @param {import('vitepress').MarkdownRenderer} md */
export function phoneTables(md) {
  md.core.ruler.push('phone-tables', ({ tokens }) => {
    for (const [start, { type }] of tokens.entries()) {
      if (type !== 'table_open') continue;
      const length = tokens.slice(start).findIndex((token) => token.type === 'table_close');
      const cells = tokens.slice(start, start + length).flatMap((cell, at) => {
        const { content = '', children } = tokens[start + at + 1] ?? {};
        for (const child of children ?? [])
          if (child.type === 'text') child.content = unbroken(child.content);
        const text = unbroken(content.replaceAll(/`|\]\(.*?\)/g, ''));
        return cell.type === 'th_open' || cell.type === 'td_open' ? [{ cell, text }] : [];
      });
      const names = cells.filter(({ cell }) => cell.type === 'th_open').map(({ text }) => text);
      const columns = names.map((name, column) => ({
        name,
        isMinor: column > 0 && (minor.test(name) || names.indexOf(name) < column),
        cells: cells.filter((_, at) => at % names.length === column),
      }));
      const shown = columns.filter(({ isMinor }) => !isMinor);
      for (const { cell, text } of cells)
        if (/^[\d.,]+ \([^;]*$/.test(text)) cell.attrJoin('class', 'figure');
      const least = shown.reduce((sum, column) => sum + longestWord(column.cells), 0);
      for (const { name, isMinor, cells: own } of columns)
        for (const { cell } of own) {
          if (isMinor) cell.attrJoin('class', 'minor');
          else if (least > ROOM && cell.type === 'td_open')
            cell.attrSet('data-column', shown.length > 2 ? name : '');
        }
    }
  });
}

/** @param {readonly { text: string }[]} cells */
function longestWord(cells) {
  return Math.max(...cells.flatMap(({ text }) => text.split(' ').map(({ length }) => length)));
}

/** @param {string} text @returns {string} the same, in which a sign, its figure and its unit stay on one line */
function unbroken(text) {
  return text
    .replaceAll(/(?<=[≤≥\d)]) (?=[\d×µ]|[KM]i?B\b|ms\b)/g, '\u{a0}')
    .replaceAll(/(?<=\d)–(?=\d)/g, '–\u{2060}');
}
