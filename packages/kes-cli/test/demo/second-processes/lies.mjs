// Says that it holds a key, and another one.
import { connect } from 'node:net';

const lie = { kind: 'received', period: 32, verificationKey: '00'.repeat(32) };
const socket = connect(process.argv[2]);
socket.once('data', () => socket.write(`${JSON.stringify(lie)}\n`));
socket.on('error', () => undefined);
