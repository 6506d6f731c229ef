/** The list of pools of `kes status --pools`, in TOML. */
import { dirname, resolve } from 'node:path';
import { networkNames } from '@evolock/cardano-headers';
import { usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { printable, sourceName, STDIN } from '@evolock/command-line/text';
import {
  oneOf,
  tablesOf,
  text,
  type TomlKeys,
  type TomlTable,
  tomlValues,
  yesOrNo,
} from '@evolock/command-line/files/toml';
import { readToml } from '../files/read.js';
import { namesNetwork, type NetworkOptions } from '../network/network.js';
import { checkSource, type SourceNames, type StatusSource } from './report.js';

export interface Watched {
  /** Identifies it among all. Safe to print. */
  readonly name: string;
  /** The path of its file, or of the socket of its agent. Safe to print. */
  readonly source: string;
  /** Where it is, or why it cannot be read if that is known. */
  readonly origin: StatusSource | { readonly error: unknown };
  readonly network?: NetworkOptions | undefined;
}

interface PoolValues extends StatusSource, NetworkOptions {
  readonly name?: string;
}

const SOURCE_NAMES: SourceNames = {
  cert: 'cert',
  skey: 'skey',
  agentControl: 'agent-control',
  coldVkey: 'cold-vkey',
};

const NETWORK_KEYS = {
  network: { key: 'network', ...oneOf(networkNames) },
  genesis: { key: 'genesis-file', ...text },
  withoutByron: { key: 'without-byron', ...yesOrNo },
} satisfies TomlKeys;

const POOL_KEYS: TomlKeys = {
  name: { key: 'name', ...text },
  ...Object.fromEntries(
    Object.entries(SOURCE_NAMES).map(([name, key]) => [name, { key, ...text }]),
  ),
  ...NETWORK_KEYS,
};

const POOLS_KEY = tablesOf('pool');

/** Reads a list of pools. Its paths are relative to its folder, or to the working folder. */
export async function readPools(session: Session, path: string): Promise<Watched[]> {
  const where = sourceName(path);
  // `tomlValues` checked each value by its key: the casts here and below state the types of these keys.
  const { pools, ...network } = tomlValues(where, await readToml(session, path), {
    pools: POOLS_KEY,
    ...NETWORK_KEYS,
  }) as NetworkOptions & { readonly pools?: readonly TomlTable[] };
  if (pools === undefined) {
    throw usage(`${where}: it has no pool: add ${POOLS_KEY.words}`);
  }
  // A list from standard input or from another program has no folder: its paths are relative to the working folder.
  const folder = path === STDIN || /^\/(?:dev|proc)\//.test(path) ? '.' : dirname(path);
  return pools.map((table, index) =>
    watchedOf(`${where}: pool ${index + 1}`, table, folder, network),
  );
}

function watchedOf(
  where: string,
  table: TomlTable,
  folder: string,
  common: NetworkOptions,
): Watched {
  const values = tomlValues(where, table, POOL_KEYS) as PoolValues;
  const { cert, skey, agentControl, coldVkey } = values;
  checkSource(values, SOURCE_NAMES, `${where}: `);
  const place = (path: string | undefined) => path && resolve(folder, path);
  const source = place(cert ?? agentControl) ?? '';
  const { network, genesis, withoutByron } = namesNetwork(values) ? values : common;
  const named = { network, genesis: place(genesis), withoutByron };
  return {
    name: printable(values.name ?? source),
    source: printable(source),
    origin: {
      cert: place(cert),
      skey: place(skey),
      agentControl: place(agentControl),
      coldVkey: place(coldVkey),
    },
    network: namesNetwork(named) ? named : undefined,
  };
}
