import { Readable } from 'node:stream';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Clock } from '../clock/clock.js';
import { type LocalRequests, whoAsks } from '../http/local-requests.js';
import { described } from '../http/openapi-schema.js';
import { ProblemError } from '../http/problem.js';
import { RequireKey } from '../http/require-key.js';
import { BACKUPS, CLOCK, LOCAL_REQUESTS, RECORDS } from '../http/tokens.js';
import { ZodPipe } from '../http/zod-problem.js';
import type { Backup, Backups } from '../storage/backups.js';
import type { Records } from '../storage/records.js';
import { tarBytes, tarOf } from './tar.js';

const wanted = z.strictObject({ withKeys: z.boolean().default(false) }).default({ withKeys: false });

const backup = z.object({
  name: z.string().meta({ description: 'Such as `2026-11-22T120000Z`' }),
  createdAt: z.iso.datetime(),
  bytes: z.int().min(0),
  hasKeys: z.boolean().meta({ description: 'Whether the epoch keys are in it' }),
});
const backups = z.object({
  folder: z.string(),
  leftOut: z.string().nullable().meta({ description: 'What is not in them; null when nothing is missing' }),
  backups: z.array(backup),
});

export type BackupView = z.infer<typeof backup>;
export type BackupsView = z.infer<typeof backups>;

/** Copies of what the node keeps, in its data directory. */
@ApiTags('admin')
@ApiBearerAuth()
@RequireKey('admin')
@Controller('v1/admin/backup')
export class BackupController {
  constructor(
    @Inject(BACKUPS) private readonly backups: Backups,
    @Inject(RECORDS) private readonly records: Records,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOCAL_REQUESTS) private readonly local: LocalRequests,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Every backup, newest first' })
  @ApiResponse({ status: 200, description: '`{folder, leftOut, backups}`', schema: described(backups) })
  async list(): Promise<BackupsView> {
    const { folder, leftOut } = this.backups;
    return { folder, leftOut, backups: (await this.backups.list()).map(viewOf) };
  }

  @Post()
  @ApiOperation({
    summary: 'Make a backup while the node runs; without the epoch keys unless they are asked for',
  })
  @ApiBody({ schema: described(wanted), required: false })
  @ApiResponse({ status: 201, description: 'The backup', schema: described(backup) })
  async create(
    @Req() request: FastifyRequest,
    @Body(new ZodPipe(wanted)) { withKeys }: z.infer<typeof wanted>,
  ): Promise<BackupView> {
    const made = await this.backups.create({ withKeys });
    await this.note(withKeys ? 'back up with keys' : 'back up', made.name, request);
    return viewOf(made);
  }

  @Get(':name')
  @ApiOperation({
    summary: 'Download a backup as one tar file; its length is told, so that a part is seen as one',
  })
  @ApiParam({ name: 'name', description: 'As it is listed' })
  @ApiResponse({
    status: 200,
    description: 'The files of the backup in one folder',
    content: { 'application/x-tar': { schema: { type: 'string', format: 'binary' } } },
  })
  @ApiResponse({ status: 404, description: 'No backup of that name' })
  async download(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('name') name: string,
  ): Promise<void> {
    const files = await this.backups.files(name);
    if (files === null)
      throw new ProblemError('not-found', 'There is no backup of that name.', { field: 'name' });
    await this.note('download backup', name, request);
    const folder = `headcount-${name}`;
    const entries = files.map((file) => ({ ...file, name: `${folder}/${file.name}` }));
    reply
      .type('application/x-tar')
      .header('content-length', tarBytes(entries))
      .header('content-disposition', `attachment; filename="${folder}.tar"`)
      .header('cache-control', 'no-store')
      .send(Readable.from(tarOf(entries, this.clock.nowMs())));
  }

  @Delete(':name')
  @HttpCode(200)
  @ApiOperation({ summary: 'Delete a backup' })
  @ApiParam({ name: 'name', description: 'As it is listed' })
  @ApiResponse({ status: 200, description: 'What is left', schema: described(backups) })
  @ApiResponse({ status: 404, description: 'No backup of that name' })
  async remove(@Req() request: FastifyRequest, @Param('name') name: string): Promise<BackupsView> {
    if (!(await this.backups.remove(name)))
      throw new ProblemError('not-found', 'There is no backup of that name.', { field: 'name' });
    await this.note('delete backup', name, request);
    return this.list();
  }

  private async note(action: string, name: string, request: FastifyRequest): Promise<void> {
    const by = whoAsks(request, this.local);
    await this.records.audit.append({
      atMs: this.clock.nowMs(),
      by,
      action,
      subject: { backup: name },
      why: '',
    });
  }
}

function viewOf({ name, createdAtMs, bytes, hasKeys }: Backup): BackupView {
  return { name, createdAt: new Date(createdAtMs).toISOString(), bytes, hasKeys };
}
