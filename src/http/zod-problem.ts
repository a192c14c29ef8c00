import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import type * as z from 'zod';
import { ProblemError, type ProblemExtras } from './problem.js';

/** `['hits', 3, 'at']` as `hits[3].at`. */
function fieldName(path: readonly PropertyKey[]): string {
  let name = '';
  for (const part of path) {
    if (typeof part === 'number') name += `[${part}]`;
    else name += name === '' ? String(part) : `.${String(part)}`;
  }
  return name;
}

/** Values come from strangers: a name in an answer is cut, so that it cannot be used to send a page back. */
const NAME_CHARS_MAX = 100;

/**
 * The first issue as a problem that names the field and its limit. The rejected value is never repeated.
 * @param name What the whole value is called where it is no body.
 */
export function problemOfIssues(error: z.ZodError, name = ''): ProblemError {
  const issue = error.issues[0];
  if (issue === undefined) return new ProblemError('malformed-request', 'The request is not as described.');
  if (issue.code === 'unrecognized_keys') {
    const field = cut(fieldName([...issue.path, issue.keys[0] ?? '']));
    return new ProblemError('unknown-field', `The field ${field} is not known here.`, { field });
  }
  const field = cut(fieldName(issue.path)) || name;
  const subject = field === '' ? 'The body' : field;
  const extras: ProblemExtras = field === '' ? {} : { field };
  if (issue.code === 'too_big') extras.limit = Number(issue.maximum);
  if (issue.code === 'too_small') extras.limit = Number(issue.minimum);
  return new ProblemError('invalid-field', `${subject}: ${issue.message}.`, extras);
}

function cut(name: string): string {
  return name.length > NAME_CHARS_MAX ? `${name.slice(0, NAME_CHARS_MAX)}…` : name;
}

/** The value as the schema reads it. Throws ProblemError `invalid-field` or `unknown-field`. */
export function readWith<T>(schema: z.ZodType<T>, value: unknown, name?: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw problemOfIssues(result.error, name);
}

/** `@Body(new ZodPipe(schema))`, `@Query(new ZodPipe(schema))`, `@Param('day', new ZodPipe(schema))`. */
@Injectable()
export class ZodPipe<T> implements PipeTransform<unknown, T> {
  constructor(private readonly schema: z.ZodType<T>) {}

  transform(value: unknown, { data }: ArgumentMetadata): T {
    return readWith(this.schema, value, data);
  }
}
