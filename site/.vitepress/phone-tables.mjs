// Tables of three columns and more: each cell has the name of its column, so that a phone shows a row as a list.

/** @param {import('vitepress').MarkdownRenderer} md */
export function phoneTables(md) {
  md.core.ruler.push('phone-tables', ({ tokens }) => {
    /** @type {string[]} */
    let names = [];
    let column = 0;
    tokens.forEach(({ type }, index) => {
      const token = /** @type {NonNullable<typeof tokens[number]>} */ (tokens[index]);
      if (type === 'thead_open') names = [];
      if (type === 'tr_open') column = 0;
      if (type === 'th_open') names.push(tokens[index + 1]?.content ?? '');
      if (type === 'td_open' && names.length > 2)
        token.attrSet('data-column', (names[column++] ?? '').replaceAll('`', ''));
    });
  });
}
