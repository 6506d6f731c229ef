import { describe, expect, it } from 'vitest';
import { reportOn } from '../../src/demo/header-report.js';
import { parseRealHeaders } from '../../src/demo/real-headers-file.js';
import { ownHeader, PARAMETERS } from '../support/own-header.js';

const headerHex = Buffer.from(ownHeader()).toString('hex');
const parameters = {
  slotsPerKESPeriod: Number(PARAMETERS.slotsPerKesPeriod),
  maxKESEvolutions: Number(PARAMETERS.maxKesEvolutions),
};
const good = { network: 'ours', era: 'conway', headerHex, expected: parameters, valid: true };

function report(...entries: object[]) {
  return reportOn(parseRealHeaders(JSON.stringify(entries), 'file.json'));
}

describe('a file of headers', () => {
  it('is counted by network and era', () => {
    const { groups, mismatches } = report(
      good,
      { ...good, network: 'theirs' },
      { ...good, era: 'babbage' },
      { ...good, headerHex: '80', valid: false },
    );
    expect(mismatches).toEqual([]);
    expect(groups).toEqual([
      { network: 'ours', era: 'conway', headers: 2, verified: 1, failed: 1, unjudged: 0 },
      { network: 'ours', era: 'babbage', headers: 1, verified: 1, failed: 0, unjudged: 0 },
      { network: 'theirs', era: 'conway', headers: 1, verified: 1, failed: 0, unjudged: 0 },
    ]);
  });

  it('tells what came out otherwise than it says, and why', () => {
    const tampered = headerHex.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    const tooOld = { ...good, expected: { ...parameters, slotsPerKESPeriod: '1' } };
    const { mismatches } = report(
      { ...good, valid: false },
      { ...good, headerHex: tampered },
      { ...good, headerHex: tampered, valid: null },
      { ...good, headerHex: '8280' },
      tooOld,
    );
    expect(mismatches).toEqual([
      'entry 0 (ours, conway): verifies, and the file says that it must not',
      'entry 1 (ours, conway): the hot key did not sign the header at evolution 5',
      'entry 2 (ours, conway): the hot key did not sign the header at evolution 5',
      'entry 3 (ours, conway): the CBOR ends too early (at byte 0)',
      'entry 4 (ours, conway): evolution 1193, and the network accepts 0 to 61',
    ]);
  });

  it('can lack any field', () => {
    const nothing = { network: null, era: null, headerHex: null, expected: null, valid: null };
    const { unjudged, mismatches, judged } = report(
      {},
      nothing,
      { ...good, expected: null },
      { ...good, expected: { slotsPerKESPeriod: 1, maxKESEvolutions: null } },
      { ...good, network: null, era: null, valid: null },
    );
    expect(mismatches).toEqual([]);
    expect(judged).toBe(1);
    expect(unjudged).toEqual([
      'entry 0 ((no network), (no era)): headerHex is missing',
      'entry 1 ((no network), (no era)): headerHex is missing',
      'entry 2 (ours, conway): expected.slotsPerKESPeriod is missing',
      'entry 3 (ours, conway): expected.maxKESEvolutions is missing',
    ]);
  });

  it('cannot write to the terminal', () => {
    const [entry] = parseRealHeaders(JSON.stringify([{ network: 'a\u001b[2Jb\nc' }]), 'file.json');
    expect(entry?.network).toBe('a�[2Jb�c');
  });

  it.each([
    ['{', 'it is no JSON'],
    ['{}', 'it is no JSON array of headers'],
    ['[]', 'it holds no header'],
    ['[null]', 'entry 0 is no JSON object'],
    ['[{}, []]', 'entry 1 is no JSON object'],
    ['[{"network": 1}]', 'entry 0: network is no text'],
    ['[{"valid": "yes"}]', 'entry 0: valid is neither true nor false'],
    ['[{"expected": []}]', 'entry 0: expected is no JSON object'],
    ['[{"headerHex": "8"}]', 'entry 0: headerHex is no hexadecimal text of whole bytes'],
    ['[{"headerHex": ""}]', 'entry 0: headerHex is no hexadecimal text of whole bytes'],
    [
      '[{"headerHex": "80", "expected": {"slotsPerKESPeriod": 0}}]',
      'entry 0: expected.slotsPerKESPeriod is no count',
    ],
    [
      '[{"headerHex": "80", "expected": {"slotsPerKESPeriod": 1, "maxKESEvolutions": 1.5}}]',
      'entry 0: expected.maxKESEvolutions is no count',
    ],
  ])('%s is malformed', (text, why) => {
    expect(() => parseRealHeaders(text, 'file.json')).toThrow(
      expect.objectContaining({ problem: 'HEADERS_FILE_MALFORMED', message: `file.json: ${why}` }),
    );
  });
});
