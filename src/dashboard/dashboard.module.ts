import { Module } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { CLOCK } from '../http/tokens.js';
import { loadDrawFirst } from './draw-first.js';
import { EarlyTexts } from './early-texts.js';
import { PagesController } from './pages.controller.js';
import { PUBLIC_PAGE, PublicPage } from './public-page.js';
import { ScriptsController } from './scripts.controller.js';
import { WebFiles } from './web-files.js';

/** Serves what web/ builds. */
@Module({
  controllers: [PagesController, ScriptsController],
  providers: [
    { provide: WebFiles, useFactory: () => WebFiles.read() },
    {
      provide: PUBLIC_PAGE,
      inject: [WebFiles, CLOCK],
      useFactory: async (files: WebFiles, clock: Clock) => {
        const [page, draw] = [files.find('index.html'), await loadDrawFirst()];
        return page && draw && new PublicPage(page, draw, clock);
      },
    },
    { provide: EarlyTexts, inject: [WebFiles], useFactory: (files: WebFiles) => new EarlyTexts(files) },
  ],
})
export class DashboardModule {}
