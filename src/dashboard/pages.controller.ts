import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ASSET_HEADERS, PAGE_HEADERS } from './page-headers.js';
import { sendWebFile } from './send-web-file.js';
import { WebFiles } from './web-files.js';

/** The pages that people look at. The figures on them come from the API, whoever may read those. */
@ApiExcludeController()
@Controller()
export class PagesController {
  constructor(private readonly files: WebFiles) {}

  @Get()
  counter(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    if (wantsJson(request)) reply.redirect('openapi.json', 302);
    else sendWebFile(request, reply, this.files.find('index.html'), PAGE_HEADERS);
  }

  /** Where the earlier systems had their dashboards. A key in the address is not passed on. */
  @Get(['analytics', 'admin/analytics'])
  formerDashboard(@Res() reply: FastifyReply): void {
    reply.redirect('/admin', 301);
  }

  /** Deep links of the dashboard are its own business. */
  @Get(['admin', 'admin/*'])
  dashboard(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendWebFile(request, reply, this.files.find('admin.html'), PAGE_HEADERS);
  }

  /** Signing in, setting up, the own account, and what is kept of a visit: one page, by its path. */
  @Get(['login', 'setup', 'account', 'privacy'])
  account(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendWebFile(request, reply, this.files.find('account.html'), PAGE_HEADERS);
  }

  @Get('assets/:name')
  asset(@Param('name') name: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendWebFile(request, reply, this.files.find(`assets/${name}`), ASSET_HEADERS);
  }
}

/** A program that asks for the root is told where the API is described. */
function wantsJson({ headers }: FastifyRequest): boolean {
  const accept = headers.accept ?? '';
  return accept.includes('application/json') && !accept.includes('text/html');
}
