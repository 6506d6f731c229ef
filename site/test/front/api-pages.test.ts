import { expect, test } from 'vitest';
import { withoutRepetition } from '../../.vitepress/api-pages.mjs';

test('a page of the API repeats no type of a signature, and has one list of errors', () => {
  const page = `> **make**\\<\`T\`\\>(): \`T\`

**Type Parameters**

| Type Parameter |
| ------ |
| <a id="t"></a> \`T\` *extends* \`A\` \\| \`B\` |
| <a id="u"></a> \`U\` |

**Returns**

\`T\`

**Throws**

\`A\` when one.

**Throws**

\`B\` when other.

***

> **size**(): \`number\`

**Returns**

\`number\`

In bytes.

***

> **both**(): \`object\`

**Returns**

\`object\`

| Name | Type |
| ------ | ------ |
| \`a\` | \`number\` |
`;
  expect(withoutRepetition(page)).toBe(`> **make**\\<\`T\`\\>(): \`T\`

**Type Parameters**: <a id="t"></a> \`T\` *extends* \`A\` | \`B\`, <a id="u"></a> \`U\`

**Throws**

\`A\` when one.

\`B\` when other.

***

> **size**(): \`number\`

**Returns**

In bytes.

***

> **both**(): \`object\`

**Returns**

\`object\`

| Name | Type |
| ------ | ------ |
| \`a\` | \`number\` |
`);
});

test('a computed type of a function that fills a paragraph is left out', () => {
  const signature = (type: string) =>
    `> **make**\\<\`T\`\\>(\`t\`): [\`Algorithm\`](a.md#a)\\<${type}\\>\n`;
  const long = `\\{ ${'`depth`: `AtDepth`; '.repeat(20)}\\}`;
  expect(withoutRepetition(signature(long))).toBe(signature('…'));
  const short = '\\{ `depth`: `0`; \\}';
  expect(withoutRepetition(signature(short))).toBe(signature(short));
});
