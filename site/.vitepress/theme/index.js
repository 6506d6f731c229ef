// The default theme of VitePress with a face of its own, a line about the build below each page, and a page for addresses
// that do not exist.
import { useData, withBase } from 'vitepress';
import DefaultTheme from 'vitepress/theme-without-fonts';
import { h } from 'vue';
import { copyCommands } from './copy-commands.mjs';
import { notFound } from './not-found.mjs';
import './face.css';
import './style.css';

/** Which code the pages describe, and what they do not do. */
const built = () => {
  const { version, date } = useData().theme.value.built;
  return h('footer', { class: 'built' }, [
    `evolock ${version}, site of ${date}. Apache-2.0; titles in Space Grotesk, `,
    h('a', { href: withBase('/space-grotesk-licence.txt') }, 'OFL'),
    '. Not audited. No cookies; nothing is sent anywhere.',
  ]);
};

const search = () => globalThis.document.querySelector('#local-search button').click();

/**
 * In the results of a search, a function whose whole name was typed comes first, then guides and packages, then the reference.
 * A name that is a word of the language is searched like all others.
 *
 * @param {string} id
 * @param {string} term in lower case
 * @param {{ title: string }} stored
 */
function boostDocument(id, term, { title }) {
  if (!id.startsWith(withBase('/api/'))) return 1;
  return /[A-Z]/.test(title) && title.toLowerCase() === `${term}()` ? 2 : 0.2;
}

/** What a term begins or resembles counts less than the term, so that a name of many words is found by all of it. */
const weights = { prefix: 0.1, fuzzy: 0.1 };

export default {
  ...DefaultTheme,
  enhanceApp({ siteData }) {
    // A function in the configuration would be compiled in the browser, which the policy of the pages forbids.
    siteData.value.themeConfig.search.options = {
      miniSearch: { searchOptions: { boostDocument, weights } },
    };
    globalThis.document?.addEventListener('click', copyCommands, true);
  },
  Layout: () =>
    h(DefaultTheme.Layout, null, {
      'not-found': () => [
        h('div', { innerHTML: notFound(withBase('/')) }),
        h('p', { class: 'not-found' }, h('button', { onClick: search }, 'Search the site')),
      ],
      'layout-bottom': () => h(built),
    }),
};
