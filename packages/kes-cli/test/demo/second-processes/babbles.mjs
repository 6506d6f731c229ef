// Takes the key and says what is no message.
import { connect } from 'node:net';

const socket = connect(process.argv[2]);
socket.once('data', () => socket.write('{"kind":"received","period":-1}\n'));
socket.on('error', () => undefined);
