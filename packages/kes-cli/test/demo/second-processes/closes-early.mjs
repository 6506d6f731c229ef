// Takes the key and hangs up without a word.
import { connect } from 'node:net';

const socket = connect(process.argv[2]);
socket.once('data', () => socket.end());
