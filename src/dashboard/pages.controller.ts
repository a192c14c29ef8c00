import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EarlyTexts } from './early-texts.js';
import { ASSET_HEADERS, PAGE_HEADERS, SERVICE_WORKER_HEADERS } from './page-headers.js';
import { sendWebFile } from './send-web-file.js';
import { WebFiles } from './web-files.js';

/** The pages that people look at. The figures on them come from the API, whoever may read those. */
@ApiExcludeController()
@Controller()
export class PagesController {
  constructor(
    private readonly files: WebFiles,
    private readonly texts: EarlyTexts,
  ) {}

  @Get()
  counter(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    if (wantsJson(request)) reply.redirect('openapi.json', 302);
    else this.page('index', request, reply);
  }

  /** Where the earlier systems had their dashboards. A key in the address is not passed on. */
  @Get(['analytics', 'admin/analytics'])
  formerDashboard(@Res() reply: FastifyReply): void {
    reply.redirect('/admin', 301);
  }

  /** Deep links of the dashboard are its own business. */
  @Get(['admin', 'admin/*'])
  dashboard(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.page('admin', request, reply);
  }

  /** Signing in, setting up, the own account, and what is kept of a visit: one page, by its path. */
  @Get(['login', 'setup', 'account', 'privacy'])
  account(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.page('account', request, reply);
  }

  @Get('service-worker.js')
  serviceWorker(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendWebFile(request, reply, this.files.find('service-worker.js'), SERVICE_WORKER_HEADERS);
  }

  @Get('assets/:name')
  asset(@Param('name') name: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendWebFile(request, reply, this.files.find(`assets/${name}`), ASSET_HEADERS);
  }

  private page(name: string, request: FastifyRequest, reply: FastifyReply): void {
    const headers = { ...PAGE_HEADERS, ...this.texts.link(name, request.headers['accept-language']) };
    sendWebFile(request, reply, this.files.find(`${name}.html`), headers);
  }
}

/** A program that asks for the root is told where the API is described. */
function wantsJson({ headers }: FastifyRequest): boolean {
  const accept = headers.accept ?? '';
  return accept.includes('application/json') && !accept.includes('text/html');
}
