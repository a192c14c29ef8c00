import { Module } from '@nestjs/common';
import { AppearanceController } from './appearance.controller.js';
import { BadgeController } from './badge.controller.js';
import { BadgeLooks } from './badge-looks.js';
import { BadgePictures } from './badge-pictures.js';

/** The count as a picture, for READMEs and pages without scripts. */
@Module({
  controllers: [BadgeController, AppearanceController],
  providers: [BadgeLooks, { provide: BadgePictures, useFactory: () => new BadgePictures() }],
})
export class BadgeModule {}
