// The floor: node:http, which reads the JSON body of a hit and answers JSON. Nothing counts.
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (part) => {
    text += part;
  });
  request.on('end', () => {
    const { path } = JSON.parse(text);
    const body = JSON.stringify({ counted: path !== undefined });
    response.writeHead(202, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  });
});

server.listen(Number(process.env.PORT), '127.0.0.1');
