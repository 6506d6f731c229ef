/** Loads the figures of the front page when the site is built. */
import { readFileSync } from 'node:fs';
import { figuresOf, type Figure } from '../src/front/figures.js';

declare const data: readonly Figure[];
export { data };

/** Text of a file of the repository. VitePress runs this file from the folder of the site. */
function text(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}

export default {
  watch: ['../../docs/measured/*.md'],
  load: () =>
    figuresOf({
      proof: text('docs/measured/proof.md'),
      performance: text('docs/measured/performance.md'),
      haskell: text('packages/test-vectors/vectors/kes-haskell.json'),
    }),
};
