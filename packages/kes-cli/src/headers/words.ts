/** Verdicts on headers, for a person. */
import type { VerdictJson } from '@evolock/cardano-kes';
import type { Style } from '../cli/style.js';
import type { Passed } from './input/files.js';

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

/** One line about a path that was not read. */
export function passedLine({ name, result, reason }: Passed, style: Style): string {
  return `${style.warning('-')} ${name}  ${result.replace('-', ' ')}: ${reason}`;
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
