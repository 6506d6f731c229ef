// How the site is built: static files, with nothing from another host.
import { defineConfig } from 'vitepress';

/** What a page may load: its own files only, so nothing that a visitor pastes can be sent to another host. */
const policy = [
  "default-src 'self'",
  // The theme sets dark mode by a script in the page before the first paint.
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "form-action 'none'",
  "base-uri 'none'",
].join('; ');

export default defineConfig({
  lang: 'en-GB',
  title: 'evolock',
  description: 'Evolving signing keys in locked memory, compatible with Cardano.',
  srcDir: 'pages',
  outDir: 'dist',
  cacheDir: 'node_modules/.cache/vitepress',
  cleanUrls: false,
  metaChunk: true,
  head: [
    ['meta', { 'http-equiv': 'Content-Security-Policy', content: policy }],
    ['meta', { name: 'referrer', content: 'no-referrer' }],
  ],
  transformHead: ({ siteData }) => [
    ['link', { rel: 'icon', type: 'image/svg+xml', href: `${siteData.base}icon.svg` }],
  ],
  themeConfig: {
    nav: [
      { text: 'Check a header', link: '/verify' },
      { text: 'See a key evolve', link: '/tree' },
    ],
    socialLinks: [{ icon: 'github', link: 'https://github.com/evolock/evolock' }],
    search: { provider: 'local' },
    // The theme would show a second, empty footer on a page without neighbours.
    docFooter: { prev: false, next: false },
    outline: { level: [2, 3] },
    footer: {
      message: 'Apache-2.0. Not audited. This site sets no cookies and sends nothing anywhere.',
    },
  },
});
