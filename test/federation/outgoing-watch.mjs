/**
 * Preloaded into a node: prints a line to standard error for each socket it opens to somewhere else and each name
 * it asks for. Sockets that a server accepted are not among them.
 */
import { subscribe } from 'node:diagnostics_channel';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

const say = (what) => process.stderr.write(`OUTGOING ${what}\n`);

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  say('connection');
  return Reflect.apply(connect, this, args);
};
subscribe('udp.socket', () => say('datagram socket'));
for (const source of [dns, dns.promises]) {
  for (const name of Object.keys(source).filter((key) => /^(lookup|resolve|reverse)/.test(key))) {
    const original = source[name];
    source[name] = (...args) => {
      // An address literal, such as the one to listen on, is answered without asking anybody.
      if (net.isIP(args[0]) === 0) say(`question for a name (${name})`);
      return original(...args);
    };
  }
}
syncBuiltinESMExports();
