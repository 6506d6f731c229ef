/** The summary of a chain. */
import { poolIdOf } from '@evolock/cardano-kes';
import type { Json } from '../../cli/session.js';
import type { Style } from '../../cli/style.js';
import { counted } from '../../cli/text.js';
import type { Chain, PoolBlocks } from './chain.js';

/** Pools that a person is shown. */
const SHOWN_POOLS = 10;

const ERAS = new Map([
  [2, 'Shelley'],
  [3, 'Allegra'],
  [4, 'Mary'],
  [5, 'Alonzo'],
  [6, 'Babbage'],
  [7, 'Conway'],
]);

/** The chain in JSON; `null` when no header of a chunk was valid. */
export function chainJson(chain: Chain): Json {
  if (chain.firstSlot === undefined) return null;
  return {
    firstSlot: String(chain.firstSlot),
    lastSlot: String(chain.lastSlot),
    eras: [...chain.eras].map(([era, blocks]) => ({ era, name: ERAS.get(era) ?? '', blocks })),
    pools: byBlocks(chain).map(([key, pool]) => ({
      poolId: { ...idOf(key) },
      blocks: pool.blocks,
      firstEvolution: pool.firstEvolution,
      lastEvolution: pool.lastEvolution,
      sequenceNumber: String(pool.number),
    })),
  };
}

/** The chain for a person. */
export function chainFacts(chain: Chain, style: Style): string[] {
  if (chain.firstSlot === undefined) return [];
  const eras = [...chain.eras].map(([era, blocks]) => `${ERAS.get(era) ?? ''} ${blocks}`);
  const pools = byBlocks(chain);
  const rest = pools.length - SHOWN_POOLS;
  const shown = pools
    .slice(0, SHOWN_POOLS)
    .map(([key, pool]) => [
      idOf(key).bech32,
      `${counted(pool.blocks, 'block')}, ${evolutionsOf(pool)}, certificate ${pool.number}`,
    ]);
  return [
    '',
    ...style.facts([
      ['slots', `${chain.firstSlot}–${String(chain.lastSlot)}`],
      ['blocks', eras.join(', ')],
      ['pools', String(pools.length)],
    ]),
    ...shown.map(([id = '', words = '']) => `    ${id}  ${words}`),
    ...(rest > 0 ? [`    ${counted(rest, 'more pool')}: --json names all`] : []),
    '',
    style.faint(
      'also checked: the order of slots, of previous blocks, and of the certificate numbers of each pool',
    ),
  ];
}

function evolutionsOf({ firstEvolution: first, lastEvolution: last }: PoolBlocks): string {
  return first === last ? `evolution ${first}` : `evolutions ${first}–${last}`;
}

function byBlocks({ pools }: Chain): [string, PoolBlocks][] {
  return [...pools].sort(([, one], [, other]) => other.blocks - one.blocks);
}

function idOf(key: string): ReturnType<typeof poolIdOf> {
  return poolIdOf(new Uint8Array(Buffer.from(key, 'latin1')));
}
