// The published packages, as the menus of the site order them.
import { ladder } from '../../internal/tooling/src/ladder/ladder.mjs';

const groups = [
  { text: 'Programs and logs', names: ['kes-cli', 'sealed-log'] },
  { text: 'Keys of Cardano', names: ['cardano-kes', 'kes-agent', 'cardano-dmq'] },
  { text: 'Evolving keys', names: ['kes-sum', 'kes-single', 'dsign-ed25519', 'vrf-praos'] },
  { text: 'Verification', names: ['kes-verify', 'kes-verify-pool'] },
  {
    text: 'Locked memory',
    names: ['mlocked-seed', 'mlocked-bytes', 'direct-serialise-io', 'direct-serialise'],
  },
  { text: 'Tests', names: ['test-vectors', 'memory-scan'] },
];

/** Their names without scope, from the upper layers to the lower ones. */
export const published = groups.flatMap(({ names }) => names);

const missing = ladder.filter(
  ({ name, folder }) => folder === undefined && !published.includes(name),
);
if (missing.length > 0)
  throw new Error(`no group has ${missing.map(({ name }) => name).join(', ')}`);

/** @param {(name: string) => import('vitepress').DefaultTheme.SidebarItem[]} itemsOf a package */
export const sidebarOf = (itemsOf) =>
  groups.map(({ text, names }) => ({ text, items: names.flatMap(itemsOf) }));
