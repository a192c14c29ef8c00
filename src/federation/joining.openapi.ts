import * as z from 'zod';
import { described } from '../http/openapi-schema.js';
import type { JoiningView } from './joining-view.js';

const nodeId = z.string().meta({ description: 'Node id: 43 characters of base64url' });
const words = z.string().meta({ description: 'Six words of the node id, for comparing' });

const joining = z.object({
  words,
  waitingFor: z
    .object({ inviter: nodeId, federation: z.string(), url: z.string(), expires: z.iso.datetime() })
    .nullable()
    .meta({ description: 'The invite whose key has not come yet' }),
  requests: z.array(
    z.object({
      node: nodeId,
      name: z.string().nullable(),
      words,
      invited: z.boolean().meta({ description: 'By an invite of this node' }),
      askedAt: z.iso.datetime(),
      endorsed: z.boolean(),
    }),
  ),
  restarting: z.boolean().meta({ description: 'The node starts anew: ask /health until it answers' }),
  offers: z.array(z.object({ node: nodeId, name: z.string().nullable(), words, federation: z.string() })),
}) satisfies z.ZodType<JoiningView>;

export const joiningSchema = described(joining);
export const inviteSchema = described(z.object({ invite: z.string().max(2048) }));
export const cutSchema = described(
  z.object({
    from: z.iso.date().meta({ description: 'The first day under the new keys' }),
    reaches: z.array(nodeId).meta({ description: 'To whom the new key is sealed' }),
    leftBehind: z
      .array(nodeId)
      .meta({ description: 'Counting nodes that nobody endorsed: they go on under the old keys' }),
  }),
);
