import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { softwareVersion } from '../config/software.js';

const PROBLEM = {
  description:
    'Refused: a problem document (RFC 9457). The earlier systems’ routes answer `{"error"}` instead',
  content: {
    'application/problem+json': {
      schema: {
        type: 'object',
        required: ['type', 'title', 'status'],
        properties: {
          type: { type: 'string', description: 'Stable name of the problem' },
          title: { type: 'string' },
          status: { type: 'integer' },
          detail: { type: 'string' },
          field: { type: 'string', description: 'What is wrong, such as `hits[3].at`' },
          limit: { type: ['integer', 'string'], description: 'The bound that was broken' },
          reason: { type: 'string', description: 'On the calls of other nodes: why, in one word' },
        },
      },
    },
  },
};

/** The API's description at `/openapi.json`, and a page to try it at `/docs`. */
export function describeApi(app: NestFastifyApplication): void {
  const description = new DocumentBuilder()
    .setTitle('Headcount')
    .setDescription('How many different people use a site, on this node and in its federation.')
    .setVersion(softwareVersion)
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth()
    .build();
  const document = withProblems(SwaggerModule.createDocument(app, description));
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json' });
}

/** Any route can refuse, and all of them do it in the same words. */
function withProblems(document: OpenAPIObject): OpenAPIObject {
  for (const path of Object.values(document.paths)) {
    for (const method of ['get', 'put', 'post', 'delete'] as const) {
      const operation = path[method];
      if (operation) operation.responses.default ??= PROBLEM as (typeof operation.responses)[string];
    }
  }
  return document;
}
