/** Verdicts on headers, for a person. */
import { poolIdOf, type VerdictJson } from '@evolock/cardano-kes';
import type { Chain, Passed, PoolBlocks, ReadOptions } from '@evolock/cardano-kes/database';
import type { Json, Session } from '../cli/session.js';
import type { Style } from '../cli/style.js';
import { counted, printable } from '../cli/text.js';
import { publicParts } from '../files/read.js';

/** Reads what is no chunk as other commands read public files. */
export function publicReader(session: Session): ReadOptions['parts'] {
  return (path) => publicParts(session, path);
}

/** One line about a header. */
export function headerLine(name: string, verdict: VerdictJson, style: Style): string {
  const failures = verdict.failures.map(({ message }) => message).join('; ');
  if (verdict.header === null) return `${style.warning('?')} ${name}  not a header: ${failures}`;
  if (!verdict.valid) return style.verdict(false, `${name}  NOT valid: ${failures}`);
  const { slot, poolId } = verdict.header;
  const form = verdict.canonical === true ? '' : ', not canonical';
  const place = `slot ${slot}, evolution ${verdict.evolution?.value ?? ''}`;
  return style.verdict(true, `${name}  ${place}, ${poolId.bech32}${form}`);
}

/** One line about what is no header. */
export function passedLine({ source, result, reason }: Passed, style: Style): string {
  return `${style.warning('-')} ${printable(source)}  ${result.replace('-', ' ')}: ${reason}`;
}

/** The same in JSON. */
export function passedJson({ source, result, reason }: Passed): Json {
  return { source: printable(source), result, reason };
}

/** All facts about one header. */
export function headerFacts(verdict: VerdictJson, style: Style): string[] {
  const { header, kesPeriod, evolution, certificateSignature, kesSignature, canonical, vrf } =
    verdict;
  if (header === null) return [];
  const { certificate, era, shape } = header;
  const checks = [
    style.verdict(
      certificateSignature === 'good',
      `certificate signature: ${certificateSignature.replace('-', ' ')}`,
    ),
    style.verdict(evolution?.state === 'valid', `evolution: ${evolutionInWords(verdict)}`),
    style.verdict(kesSignature === 'good', `KES signature: ${kesSignature.replace('-', ' ')}`),
    ...(vrf === 'not-checked' ? [] : [style.verdict(vrf === 'good', `VRF proofs: ${vrf}`)]),
  ];
  return [
    ...checks.map((check) => `  ${check}`),
    '',
    ...style.facts([
      ['header', header.hash],
      [
        'encoding',
        canonical === true
          ? 'canonical'
          : 'NOT canonical: the signature is over another encoding, and this hash is not signed',
      ],
      ['shape', era === null ? shape : `${shape}, era ${era}`],
      ['block', header.blockNumber],
      ['slot', header.slot],
      ['KES period', String(kesPeriod)],
      ['pool', header.poolId.bech32],
      ['KES key', certificate.kesVerificationKey],
      [
        'certificate',
        `number ${certificate.sequenceNumber}, from KES period ${certificate.startPeriod}`,
      ],
      ['protocol', header.protocolVersion.join('.')],
    ]),
  ];
}

function evolutionInWords({ evolution }: VerdictJson): string {
  if (evolution === null) return 'unknown';
  const { state, value, limit } = evolution;
  return `${value}, ${state === 'valid' ? 'within' : 'outside'} 0–${limit.evolutions - 1}`;
}

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
