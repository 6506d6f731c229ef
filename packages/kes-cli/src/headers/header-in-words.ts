import type { HeaderVerdict } from '@evolock/cardano-kes';
import { hexOf } from '../hex.js';
import type { Style } from '../style.js';

/** One line about a header among many. */
export function headerLine(name: string, verdict: HeaderVerdict, style: Style): string {
  const { valid, header, evolution } = verdict;
  if (!valid) return style.verdict(false, `${name}  ${failuresIn(verdict)}`);
  const place = evolution?.state === 'valid' ? `evolution ${evolution.evolution}` : 'no evolution';
  return style.verdict(
    true,
    `${name}  slot ${String(header?.slot)}, ${place}, ${header?.poolId.bech32 ?? ''}`,
  );
}

/** All that is known of one header. */
export function headerFacts(verdict: HeaderVerdict, style: Style): string[] {
  const { header, period, evolution, certificate, kesSignature, failures } = verdict;
  const checks = [
    style.verdict(
      certificate === 'good',
      `certificate signature: ${certificate.replace('-', ' ')}`,
    ),
    style.verdict(evolution?.state === 'valid', `evolution: ${evolutionInWords(verdict)}`),
    style.verdict(kesSignature === 'good', `KES signature: ${kesSignature.replace('-', ' ')}`),
  ];
  if (header === undefined) return failures.map(({ message }) => `  ${style.bad('✗')} ${message}`);
  return [
    ...checks.map((check) => `  ${check}`),
    ...failures.map(({ message }) => `    ${style.bad(message)}`),
    '',
    ...style.facts([
      ['header', header.hash],
      ['shape', header.era === undefined ? header.shape : `${header.shape}, era ${header.era}`],
      ['block', String(header.blockNumber)],
      ['slot', String(header.slot)],
      ['KES period', String(period)],
      ['pool', header.poolId.bech32],
      ['KES key', hexOf(header.certificate.hotVerificationKey)],
      [
        'certificate',
        `number ${header.certificate.sequenceNumber}, from KES period ${header.certificate.startPeriod}`,
      ],
      ['protocol', `${header.protocolVersion.major}.${header.protocolVersion.minor}`],
    ]),
  ];
}

function failuresIn({ failures }: HeaderVerdict): string {
  return failures.map(({ message }) => message).join('; ');
}

function evolutionInWords({ evolution }: HeaderVerdict): string {
  if (evolution === undefined) return 'not known';
  const { state, difference, limit } = evolution;
  return `${difference}, ${state === 'valid' ? 'within' : 'outside'} 0–${limit.evolutions - 1}`;
}
