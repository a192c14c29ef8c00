import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SCRIPT_HEADERS } from './page-headers.js';
import { sendWebFile } from './send-web-file.js';
import { WebFiles } from './web-files.js';

const SCRIPT = { 'text/javascript': { schema: { type: 'string' } } } as const;

/** What other sites put on their pages. */
@ApiTags('scripts')
@Controller()
export class ScriptsController {
  constructor(private readonly files: WebFiles) {}

  @Get('tracker.js')
  @ApiOperation({ summary: 'Counts the page views of the site that loads it' })
  @ApiResponse({ status: 200, description: 'A script without dependencies', content: SCRIPT })
  tracker(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendWebFile(request, reply, this.files.find('tracker.js'), SCRIPT_HEADERS);
  }

  @Get('widget.js')
  @ApiOperation({ summary: 'Defines the element <headcount-counter>' })
  @ApiResponse({ status: 200, description: 'A script without dependencies', content: SCRIPT })
  widget(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendWebFile(request, reply, this.files.find('widget.js'), SCRIPT_HEADERS);
  }
}
