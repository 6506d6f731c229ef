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
