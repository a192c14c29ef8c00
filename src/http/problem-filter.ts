import { type ServerResponse, STATUS_CODES } from 'node:http';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ZodError } from 'zod';
import { Refusal, type RefusalReason } from '../protocol/refusal.js';
import { StoreUnavailableError } from '../storage/count-store.js';
import { ErrorLog } from './error-log.js';
import { bodyTooLarge, PROBLEM_MEDIA_TYPE, type Problem, ProblemError, type ProblemKind } from './problem.js';
import { problemOfIssues } from './zod-problem.js';

/** How long a caller is asked to wait when the store is away: it tries again with each request, so not long. */
const STORE_RETRY_S = 5;
/** A node that is refused for its many requests: limits are by the minute. */
const REFUSED_RETRY_S = 60;
const MEANWHILE: ReadonlySet<number> = new Set([429, 503]);

/**
 * How the errors of some paths look. Errors of the body's parser come before any controller is chosen, so the
 * path decides, not a filter at the controller.
 */
export interface ErrorStyle {
  covers(path: string): boolean;
  /** What is sent instead of a problem document, as `application/json`. */
  body?(problem: Problem): unknown;
  headers?: Readonly<Record<string, string>>;
  /** By status: the refusal of the protocol that stands for what the framework refused. */
  reasons?: ReadonlyMap<number, RefusalReason>;
}

/** An error as it is sent. */
export interface WrittenProblem {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** Answers every error of every route: a problem document, or what an earlier system's callers expect. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new ErrorLog();

  constructor(private readonly styles: readonly ErrorStyle[] = []) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Also for errors that never reach Nest: Fastify's `frameworkErrors` (a URL that cannot be decoded). */
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const bodyLimit = () => request.routeOptions.bodyLimit;
    const { status, headers, text } = this.write(error, pathOf(request), bodyLimit);
    if (reply.sent || reply.raw.headersSent) return;
    reply.code(status).headers(headers).send(text);
  }

  /** Answers where the framework was not asked. */
  refuse(
    response: ServerResponse,
    error: unknown,
    path: string,
    further: Readonly<Record<string, string>> = {},
  ): void {
    const { status, headers, text } = this.write(error, path);
    response.writeHead(status, { ...further, ...headers, 'content-length': Buffer.byteLength(text) });
    response.end(text);
  }

  /** What an error is answered with on that path. An error of our own making is logged. */
  private write(
    error: unknown,
    path: string,
    bodyLimit: () => number | undefined = () => undefined,
  ): WrittenProblem {
    const style = this.styles.find((candidate) => candidate.covers(path));
    const problem = inProtocol(problemOf(error, bodyLimit), style);
    const { status } = problem;
    if (status === 500) this.log.note(error, performance.now());
    const headers = { ...style?.headers, ...headersOf(error), 'cache-control': 'no-store' };
    if (!style?.body)
      return {
        status,
        headers: { ...headers, 'content-type': PROBLEM_MEDIA_TYPE },
        text: JSON.stringify(problem),
      };
    const text = JSON.stringify(style.body(problem));
    return { status, headers: { ...headers, 'content-type': 'application/json; charset=utf-8' }, text };
  }
}

function pathOf(request: FastifyRequest): string {
  const url = request.raw.url ?? '';
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}

function headersOf(error: unknown): Record<string, string> {
  if (error instanceof StoreUnavailableError) return { 'retry-after': String(STORE_RETRY_S) };
  if (error instanceof Refusal && MEANWHILE.has(error.status))
    return { 'retry-after': String(REFUSED_RETRY_S) };
  if (!(error instanceof ProblemError)) return {};
  if (error.status === 401) return { 'www-authenticate': 'Bearer realm="headcount"' };
  const { retryAfterS } = error.extras;
  return retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
}

function problemOf(error: unknown, bodyLimit: () => number | undefined): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof StoreUnavailableError) {
    return new ProblemError('store-unavailable', 'Nothing can be read or written just now. Try again later.')
      .problem;
  }
  if (error instanceof Refusal) return refusalProblem(error);
  if (error instanceof ZodError) return problemOfIssues(error).problem;
  if (isBrokenOff(error)) return new ProblemError('malformed-request', 'The request broke off.').problem;
  // Nest wraps the errors of Fastify's body parser; what they were is in the cause.
  const inner = error instanceof HttpException && isFastifyError(error.cause) ? error.cause : error;
  if (isFastifyError(inner)) return fastifyProblem(inner, bodyLimit);
  if (error instanceof HttpException) return plainProblem(error.getStatus(), error.message);
  return new ProblemError('internal', 'The error was logged.').problem;
}

/** What another node is told: the protocol's own reason, and what it means. */
function refusalProblem(refusal: Refusal): Problem & { reason: string } {
  const { reason, status, message } = refusal;
  const title = STATUS_CODES[status] ?? 'Error';
  return { type: `urn:headcount:refusal:${reason}`, title, status, detail: message, reason };
}

function inProtocol(problem: Problem, style: ErrorStyle | undefined): Problem {
  const reason = style?.reasons?.get(problem.status);
  if (reason === undefined || 'reason' in problem) return problem;
  const { limit } = problem;
  return { ...refusalProblem(new Refusal(reason)), ...(limit !== undefined && { limit }) };
}

interface RequestError extends Error {
  statusCode: number;
  code?: string;
}

function isFastifyError(error: unknown): error is RequestError {
  if (!(error instanceof Error) || !('statusCode' in error)) return false;
  return typeof error.statusCode === 'number' && error.statusCode >= 400 && error.statusCode < 500;
}

/** Whoever sent half of a body and went: nobody is there to be answered, and it is no error of ours. */
function isBrokenOff(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE';
}

const FASTIFY_KINDS: Readonly<Record<string, [kind: ProblemKind, detail: string]>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: ['malformed-json', 'The body must be one JSON document.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['malformed-json', 'The body must be one JSON document and is empty.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported-media-type', 'Send application/json.'],
};

function fastifyProblem(error: RequestError, bodyLimit: () => number | undefined): Problem {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return bodyTooLarge(bodyLimit()).problem;
  const known = error.code === undefined ? undefined : FASTIFY_KINDS[error.code];
  if (known) return new ProblemError(known[0], known[1]).problem;
  if (error.statusCode === 400) return new ProblemError('malformed-request', error.message).problem;
  return plainProblem(error.statusCode, error.message);
}

/** A status that says everything has no type of its own: RFC 9457, section 4.2.1. */
function plainProblem(status: number, detail: string): Problem {
  const title = STATUS_CODES[status] ?? 'Error';
  if (status === 404) return new ProblemError('not-found', 'No such route, method or thing.').problem;
  return { type: 'about:blank', title, status, detail };
}
