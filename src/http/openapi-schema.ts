import type { ApiBodyOptions } from '@nestjs/swagger';
import * as z from 'zod';

/** What the decorators of @nestjs/swagger take as `schema`. */
export type SchemaObject = Extract<
  NonNullable<Extract<ApiBodyOptions, { schema: unknown }>['schema']>,
  { type?: unknown }
>;

/** OpenAPI 3.1 takes JSON Schema as it is. Names that are not described are left open: answers may grow fields. */
export function described(schema: z.ZodType): SchemaObject {
  const { $schema: _dialect, ...described } = z.toJSONSchema(schema, { io: 'input' });
  return described as SchemaObject;
}

/** OpenAPI 3.1 has no `nullable`: null is a type of its own. */
export function orNull(schema: SchemaObject): SchemaObject {
  return { ...schema, type: [schema.type, 'null'] } as unknown as SchemaObject;
}
