import { Module } from '@nestjs/common';
import { PagesController } from './pages.controller.js';
import { WebFiles } from './web-files.js';

/** Serves what web/ builds. */
@Module({
  controllers: [PagesController],
  providers: [{ provide: WebFiles, useFactory: () => WebFiles.read() }],
})
export class DashboardModule {}
