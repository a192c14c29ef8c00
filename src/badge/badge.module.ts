import { Module } from '@nestjs/common';
import { BadgeController } from './badge.controller.js';
import { BadgePictures } from './badge-pictures.js';

/** The count as a picture, for READMEs and pages without scripts. */
@Module({
  controllers: [BadgeController],
  providers: [{ provide: BadgePictures, useFactory: () => new BadgePictures() }],
})
export class BadgeModule {}
