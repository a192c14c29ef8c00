import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.js';
import { CONFIG } from '../http/tokens.js';
import { CountsNow } from '../stats/counts-now.js';
import { EarlyTexts } from './early-texts.js';
import { ASSET_HEADERS, pageHeaders, SERVICE_WORKER_HEADERS } from './page-headers.js';
import { PUBLIC_PAGE, PublicPage } from './public-page.js';
import { sendWebFile } from './send-web-file.js';
import { type WebFile, WebFiles } from './web-files.js';

/** The pages that people look at. The figures on them come from the API, whoever may read those. */
@ApiExcludeController()
@Controller()
export class PagesController {
  private readonly headers = new Map<string, Readonly<Record<string, string>>>();

  constructor(
    private readonly files: WebFiles,
    private readonly texts: EarlyTexts,
    @Inject(PUBLIC_PAGE) private readonly publicPage: PublicPage | null,
    private readonly counts: CountsNow,
    @Inject(CONFIG) private readonly config: Pick<Config, 'publicCounts'>,
  ) {}

  @Get()
  async counter(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (wantsJson(request)) reply.redirect('openapi.json', 302);
    else this.page('index', request, reply, await this.withNumber(request));
  }

  /** As it is without the node: what a browser keeps for when the node is away. */
  @Get('index.html')
  bareCounter(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.page('index', request, reply);
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

  private page(name: string, request: FastifyRequest, reply: FastifyReply, drawn?: WebFile): void {
    const file = this.files.find(`${name}.html`);
    sendWebFile(request, reply, drawn ?? file, {
      ...this.headersOf(name, file),
      ...this.texts.link(name, this.locale(name, request)),
    });
  }

  private headersOf(name: string, file: WebFile | null): Readonly<Record<string, string>> {
    const headers = this.headers.get(name) ?? (file ? pageHeaders(file) : {});
    this.headers.set(name, headers);
    return headers;
  }

  /** Undefined where the figures are closed or cannot be read: then the page says so itself. */
  private async withNumber(request: FastifyRequest): Promise<WebFile | undefined> {
    if (!this.config.publicCounts) return undefined;
    const locale = this.locale('index', request);
    return this.publicPage?.in(locale, () => this.counts.now()).catch(() => undefined);
  }

  private locale(page: string, { headers }: FastifyRequest): string {
    return this.texts.locale(page, headers['accept-language']);
  }
}

/** A program that asks for the root is told where the API is described. */
function wantsJson({ headers }: FastifyRequest): boolean {
  const accept = headers.accept ?? '';
  return accept.includes('application/json') && !accept.includes('text/html');
}
