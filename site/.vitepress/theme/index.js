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

export default {
  ...DefaultTheme,
  enhanceApp() {
    globalThis.document?.addEventListener('click', copyCommands, true);
  },
  Layout: () =>
    h(DefaultTheme.Layout, null, {
      'not-found': () => h('div', { innerHTML: notFound(withBase('/')) }),
      'layout-bottom': () => h(built),
    }),
};
