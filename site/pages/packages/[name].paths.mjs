// A page for each published package: its README.
import { readFileSync } from 'node:fs';
import { published } from '../../.vitepress/packages.mjs';

export default {
  watch: ['../../../packages/*/README.md'],
  paths: () =>
    published.map((name) => ({
      params: { name },
      content: readFileSync(
        new URL(`../../../packages/${name}/README.md`, import.meta.url),
        'utf8',
      ),
    })),
};
