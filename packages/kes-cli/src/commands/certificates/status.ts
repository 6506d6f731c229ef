import { ON_CHAIN } from '../../certificates/on-chain.js';
import {
  checkDayLimits,
  checkSource,
  reportAnswer,
  reportOn,
  type SourceNames,
  statusNetwork,
  type StatusOptions,
  type StatusSource,
} from '../../status/report.js';
import type { Definition } from '@evolock/command-line/command';
import { CHECKED, usage } from '@evolock/command-line/errors';
import { EndsSoon } from '../../errors.js';
import type { Answer } from '@evolock/command-line/answer';
import type { Session } from '@evolock/command-line/session';
import { CLOCK } from '../../network/clock.js';
import { NETWORK } from '../../network/network.js';

interface Options extends StatusOptions, StatusSource {
  readonly pools?: string;
  readonly prometheus?: string;
}

export const statusCommand: Definition = {
  text: `
    Shows the KES period of the network, the evolution of the key of the certificate, the remaining periods and days, and whether the certificate is valid, with the reason. It needs no node and no connection: it computes the KES period from the clock. With --agent-control it shows the same of the key that an agent holds, and whether the agent holds it at the right evolution. Of many certificates, by paths or by --pools, it shows the worst first, and one that cannot be read does not hide the others. Of a folder it reads the files that are named *.cert or *.opcert. The exit code is that of the worst: not valid, or no certificate (1), not read (3), then 11, 10, 0.

    [path...]                many certificates: files and folders, or - for standard input
    --pools <file>           and a list of pools in TOML
    --opcert, --cert <file>  or one operational certificate, or - for standard input
    --skey <file>            the KES signing key that a node uses with it
    --agent-control <path>   or the control socket of an agent: the installed key
    --cold-vkey <key>        with --agent-control: check the signature by this cold key
    --counter <file>         the counter of the cold key: is it above this certificate?
    --warn-days <days>       exit code 10 when a certificate ends in less than these days
    --crit-days <days>       exit code 11 when a certificate ends in less than these days
    --prometheus <file>      write metrics of many certificates for node_exporter; - prints them

    # Now
    $ kes status --cert node.cert --network mainnet
    # Can a node use this signing key with the certificate?
    $ kes status --cert node.cert --skey kes.skey --network mainnet
    # At a slot of another network
    $ kes status --cert node.cert --genesis shelley-genesis.json --slot 5000000
    # On Christmas Eve
    $ kes status --cert node.cert --network preprod --at 2026-12-24
    # Does the network accept the numbers of certificate and counter?
    $ kes status --cert node.cert --network mainnet --counter cold.counter --on-chain 7
    # The key that an agent holds
    $ kes status --agent-control /run/kes-agent/control.socket --network mainnet
    # All certificates of a folder; exit code 10 or 11 when one ends soon
    $ kes status certs/ --network mainnet --warn-days 14 --crit-days 7
    # A list of pools, with metrics for node_exporter
    $ kes status --pools pools.toml --prometheus /var/lib/prometheus/node-exporter/kes.prom`,
  options: [ON_CHAIN, CLOCK, ...NETWORK],
  exitCodes: [...CHECKED, EndsSoon.warning, EndsSoon.critical],
  work: (session: Session, paths: readonly string[], options: Options) => {
    checkDayLimits(options);
    const areMany = paths.length > 0 || options.pools !== undefined;
    return areMany ? statusOfMany(session, paths, options) : statusOfOne(session, options);
  },
};

const OPTION_NAMES: SourceNames = {
  cert: '--cert <file>',
  skey: '--skey',
  agentControl: '--agent-control <path>',
  coldVkey: '--cold-vkey',
};

async function statusOfOne(session: Session, options: Options): Promise<Answer> {
  const { cert, agentControl, prometheus } = options;
  if (cert === undefined && agentControl === undefined) {
    throw usage(
      'name certificates: paths of files and folders, or --pools <file>; or one, by --cert <file> or --agent-control <path>',
    );
  }
  checkSource(options, OPTION_NAMES);
  if (prometheus !== undefined) {
    throw usage(
      '--prometheus is for certificates that paths or --pools <file> name: give the certificate as a path, or the agent in a list of pools',
    );
  }
  const parameters = await statusNetwork(session, options);
  const now = session.context.now();
  return reportAnswer(await reportOn(session, options, options, { parameters, now }));
}

const OF_ONE = ['cert', 'skey', 'agentControl', 'coldVkey', 'counter', 'onChain'] as const;

async function statusOfMany(
  session: Session,
  paths: readonly string[],
  options: Options,
): Promise<Answer> {
  if (OF_ONE.some((name) => options[name] !== undefined)) {
    throw usage(
      'paths and --pools are for many certificates: --cert, --agent-control and the options about one of them cannot be given beside',
    );
  }
  const { statusOfAll } = await import('../../status/fleet.js');
  return statusOfAll(session, paths, options);
}
