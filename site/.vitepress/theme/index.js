// The default theme of VitePress with the fonts of the system, and a page for addresses that do not exist.
import DefaultTheme from 'vitepress/theme-without-fonts';
import { h } from 'vue';
import './style.css';

const notFound = () =>
  h('main', { class: 'vp-doc not-found' }, [
    h('h1', 'This page does not exist'),
    h('p', 'The address has a mistake, or the page has moved. The menu leads to all pages.'),
  ]);

export default {
  ...DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { 'not-found': notFound }),
};
