import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { softwareVersion } from '../config/software.js';
import { TaggedJson } from './tagged-json.js';

const PROBLEM = {
  description: 'Refused: a problem document (RFC 9457)',
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

/** Controllers of the earlier systems' routes carry a tag that begins so. */
const COMPATIBLE = 'compatible:';
const COMPATIBLE_ERROR = {
  description: 'Refused, in the words of the earlier system',
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['error'],
        properties: { success: { type: 'boolean', enum: [false] }, error: { type: 'string' } },
      },
    },
  },
};

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Answers = Operation['responses'];

/** The API's description at `/openapi.json`, and a page to try it at `/docs`. */
export function describeApi(app: NestFastifyApplication): void {
  const description = new DocumentBuilder()
    .setTitle('Headcount')
    .setDescription('How many different people use a site, on this node and in its federation.')
    .setVersion(softwareVersion)
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth()
    .build();
  // Made for its first reader: most nodes never have one.
  let made: OpenAPIObject | undefined;
  const document = () => {
    made ??= withProblems(SwaggerModule.createDocument(app, description));
    return made;
  };
  // Its own would be written anew for each reader, which takes milliseconds.
  SwaggerModule.setup('docs', app, document, { raw: false });
  let json: TaggedJson | undefined;
  app
    .getHttpAdapter()
    .getInstance()
    .get('/openapi.json', (request, reply) => {
      reply.header('cache-control', 'no-cache');
      json ??= new TaggedJson(JSON.stringify(document()));
      json.answerUnless(request.headers['if-none-match'], reply);
    });
}

/** Any route can refuse, and all of them do it in the same words: named refusals and those nobody named alike. */
function withProblems(document: OpenAPIObject): OpenAPIObject {
  for (const path of Object.values(document.paths)) {
    for (const method of ['get', 'put', 'post', 'delete'] as const) {
      const operation = path[method];
      if (operation) operation.responses = withRefusals(operation);
    }
  }
  return document;
}

function withRefusals({ tags, responses }: Operation): Answers {
  const isCompatible = tags?.some((tag) => tag.startsWith(COMPATIBLE)) ?? false;
  const refusal = isCompatible ? COMPATIBLE_ERROR : PROBLEM;
  const named = Object.entries(responses).map(([status, answer]) => [
    status,
    Number(status) >= 400 ? { ...refusal, ...answer } : answer,
  ]);
  return { default: refusal, ...Object.fromEntries(named) } as Answers;
}
