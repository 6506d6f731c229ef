// @ts-check
// How the site is built: static files, with nothing from another host.
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfigWithTheme } from 'vitepress';
import { anchorOf } from '../../internal/tooling/src/links.mjs';
import { repositoryLinks } from './repository-links.mjs';
import { drawCard } from './card.mjs';
import { browserPaths } from './browsers.mjs';
import { glossaryLinks } from './glossary.mjs';
import { notFound } from './theme/not-found.mjs';
import { writeServiceWorker } from './offline.mjs';
import { phoneTables } from './phone-tables.mjs';
import { checkLinks } from './site-links.mjs';
import { imports, packageOf, sidebarOf, writePages } from './packages.mjs';

writePages();

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

/** Where the site is. */
const home = 'https://evolock.github.io/evolock/';

/** The version of the package that most readers install, and the day of the build. */
const built = {
  version: JSON.parse(
    readFileSync(new URL('../../packages/kes-sum/package.json', import.meta.url), 'utf8'),
  ).version,
  date: new Date().toISOString().slice(0, 10),
};

/** @param {string} name of a package */
const modulesOf = (name) =>
  imports
    .filter((each) => packageOf(each.name) === name)
    .map((each) => each.name.replace('@evolock/', ''))
    .flatMap((text) => [
      { text, link: `/api/${text}` },
      ...['variables', 'classes', 'interfaces', 'type aliases', 'also exported'].map((kind) => ({
        text: `${text}: ${kind}`,
        link: `/api/${text}/${kind.replace(' ', '-')}`,
      })),
    ])
    .filter(({ link }) => existsSync(new URL(`../pages${link}.md`, import.meta.url)));

/** The way from a menu on a phone. */
const front = { text: 'Front page', link: '/' };

const guides = [
  front,
  {
    text: 'Guides',
    items: [
      { text: 'Get started', link: '/guide/start' },
      { text: 'Seal a log', link: '/guide/seal-a-log' },
      { text: 'Recipes', link: '/guide/recipes' },
      { text: 'The life of a key', link: '/guide/key-life' },
      { text: 'See a key evolve', link: '/tree' },
      { text: 'Security', link: '/guide/security' },
      { text: 'Moving keys', link: '/guide/direct-serialise' },
      { text: 'Compose a scheme', link: '/guide/compose' },
      { text: 'Glossary', link: '/guide/glossary' },
      { text: 'Sealed logs', link: '/guide/sealed-log' },
      { text: 'The format of sealed logs', link: '/guide/sealed-log-format' },
    ],
  },
  {
    text: 'Cardano',
    items: [
      { text: 'For operators', link: '/guide/operators' },
      { text: 'The agent', link: '/guide/agent' },
      { text: 'Its protocols', link: '/guide/agent-protocol' },
    ],
  },
  {
    text: 'Evidence',
    items: [
      { text: 'Performance', link: '/guide/performance' },
      { text: 'A whole chain', link: '/guide/headers' },
      { text: 'Where secrets are', link: '/guide/scans' },
      { text: 'Wrong implementations', link: '/guide/wrong-implementations' },
      { text: 'Weak spots of others', link: '/guide/weak-spots' },
      { text: 'Compared with', link: '/guide/compared' },
      { text: 'For who evaluates', link: '/guide/evaluate' },
    ],
  },
];

/** What the theme can do and no page uses. */
const unused =
  /DocSearch-(?!Button(?!-Key--)|Search-)|data-theme=|custom-block|VP(?:DocAside(?:CarbonAds|Sponsors)|OutlineDropdown|TeamMembers)|vp-(?:block|sponsor|code-group)|vpi-(?:heart|languages|plus|square-pen)|line-numbers|\.(?:diff|highlighted|has-focused)/;
const unusedVariables =
  /^--(?:vp-(?:badge|button-(?:alt|sponsor|brand-(?:active|hover))|c-(?:indigo|purple|sponsor|tip|note|success|important|caution|warning|danger|(?:green|red|yellow)-[23]|(?:brand|neutral)$)|carbon|code-(?:tab|block-divider|line-(?!height))|custom-block|home|input-bg|shadow-[245]|sponsor|z-index-(?:footer|layout-top))|docsearch)/;

/** Leaves out a quarter of the styles. */
const withoutUnused = {
  postcssPlugin: 'without-unused',
  /** @param {{ selector: string, remove(): void }} rule */
  Rule(rule) {
    if (unused.test(rule.selector)) rule.remove();
  },
  /** @param {{ prop: string, remove(): void }} declaration */
  Declaration(declaration) {
    if (unusedVariables.test(declaration.prop)) declaration.remove();
  },
};

export default defineConfigWithTheme({
  lang: 'en-GB',
  title: 'evolock',
  titleTemplate: ':title · evolock',
  description: 'Signing keys that evolve: a key that is stolen today cannot sign for yesterday.',
  srcDir: 'pages',
  outDir: 'dist',
  cacheDir: 'node_modules/.cache/vitepress',
  cleanUrls: false,
  metaChunk: true,
  head: [
    ['meta', { 'http-equiv': 'Content-Security-Policy', content: policy }],
    ['meta', { name: 'referrer', content: 'no-referrer' }],
  ],
  vite: {
    define: { __VUE_OPTIONS_API__: 'false' },
    // 3 % less than by the minifier of Vite.
    build: { target: 'es2022', minify: 'terser' },
    resolve: {
      alias: [
        {
          find: /^.*\/(?:NotFound|VP(?:Badge|Button|CarbonAds|DocAside(?:CarbonAds|Sponsors)|DocFooter|Features|Footer|Home\w*|MenuGroup|MenuLink|Nav(?:Bar|Screen)(?:MenuGroup|Translations)|Sponsors|Team\w+))\.vue$/,
          replacement: fileURLToPath(new URL('theme/nothing.mjs', import.meta.url)),
        },
      ],
    },
    css: { postcss: { plugins: [withoutUnused] } },
  },
  sitemap: { hostname: home },
  buildEnd: async (built) => {
    const licence = createRequire(import.meta.url).resolve('@fontsource/space-grotesk/LICENSE');
    copyFileSync(licence, join(built.outDir, 'space-grotesk-licence.txt'));
    await drawCard(built.outDir);
    checkLinks(built);
    writeServiceWorker(built);
  },
  // A page can be read before its scripts run, so its styles come first.
  transformHtml: (html, _, { siteData }) =>
    html
      // The demonstration is loaded when the page is idle, and what shows a log after the first verdict on one.
      .replaceAll(/<link rel="modulepreload"[^>]*\/(?:demonstration|ShownLog)\.[^>]*>/g, '')
      .replace(/<(script type="module"|link rel="modulepreload")/g, '<$1 fetchpriority="low"')
      // VitePress leaves the page for addresses that do not exist to its scripts.
      .replace('<div id="app"></div>', `$&<noscript>${notFound(siteData.base)}</noscript>`),
  transformHead: ({ siteData, page, title, description }) => {
    const address = home + page.replace(/(?:^|(?<=\/))index\.md$/, '').replace(/\.md$/, '.html');
    /** @type {[property: string, content: string][]} */
    const card = [
      ['og:title', title],
      ['og:description', description],
      ['og:url', address],
      ['og:image', `${home}card.png`],
      ['og:type', 'website'],
    ];
    return [
      ['link', { rel: 'icon', type: 'image/svg+xml', href: `${siteData.base}icon.svg` }],
      ...(page === '404.md'
        ? []
        : [/** @type {[string, {}]} */ (['link', { rel: 'canonical', href: address }])]),
      ['meta', { name: 'twitter:card', content: 'summary_large_image' }],
      ...card
        .filter(
          ([property]) => browserPaths.chromium !== undefined || !property.startsWith('og:image'),
        )
        .map(
          ([property, content]) => /** @type {[string, {}]} */ (['meta', { property, content }]),
        ),
    ];
  },
  markdown: {
    // A link to a heading is the same on the site and at the code host.
    anchor: { slugify: anchorOf },
    config: (md) => {
      repositoryLinks(md);
      phoneTables(md);
      glossaryLinks(md);
    },
    // The colours of the usual themes are too pale for some readers.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  themeConfig: {
    logo: { src: '/icon.svg', alt: '', width: 26, height: 26 },
    nav: [
      { text: 'Guides', link: '/guide/start', activeMatch: '^/(?:guide/|tree)' },
      { text: 'Packages', link: '/packages/', activeMatch: '^/packages/' },
      { text: 'API', link: '/api/', activeMatch: '^/api/' },
      { text: 'Check something', link: '/verify' },
    ],
    sidebar: {
      '/api/': [front, { text: 'All imports', link: '/api/' }, ...sidebarOf(modulesOf)],
      '/packages/': [
        front,
        { text: 'Packages', link: '/packages/' },
        ...sidebarOf((name) => [{ text: name, link: `/packages/${name}` }]),
      ],
      '/guide/': guides,
      '/tree': guides,
    },
    socialLinks: [{ icon: 'github', link: 'https://github.com/evolock/evolock' }],
    search: { provider: 'local' },
    // The theme would show a second, empty footer on a page without neighbours.
    docFooter: { prev: false, next: false },
    outline: { level: [2, 3] },
    built,
  },
});
