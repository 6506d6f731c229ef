import { testCompletion } from '@evolock/command-testing/completion';
import { kes } from '../support/kes.js';
import { program } from '../support/processes/process.js';

testCompletion('kes', { run: kes, program }, [
  ['ev', 'evolve'],
  ['ev', 'evolve', 'evolock-kes'],
  ['opcert ', 'issue request'],
  ['completion ', 'bash fish zsh'],
  ['evolve --t', '--to'],
  ['help ev', 'evolve'],
  ['help opcert ', 'issue request'],
  ['agent run --log-format ', 'json text'],
  ['header verify --network pre', 'preprod preview'],
  ['status certs --warn', '--warn-days'],
  ['opcert issue --start', '--start-period'],
  ['status --network ', 'mainnet preprod preview'],
  ['status --json --network pre', 'preprod preview'],
  ['status --network=pre', 'preprod preview'],
  ['agent run --log-format=', 'json text'],
  ['inspect fi', 'file'],
  ['sign --out fi', 'file'],
]);
