import { Module } from '@nestjs/common';
import { EarlyTexts } from './early-texts.js';
import { PagesController } from './pages.controller.js';
import { ScriptsController } from './scripts.controller.js';
import { WebFiles } from './web-files.js';

/** Serves what web/ builds. */
@Module({
  controllers: [PagesController, ScriptsController],
  providers: [
    { provide: WebFiles, useFactory: () => WebFiles.read() },
    { provide: EarlyTexts, inject: [WebFiles], useFactory: (files: WebFiles) => new EarlyTexts(files) },
  ],
})
export class DashboardModule {}
