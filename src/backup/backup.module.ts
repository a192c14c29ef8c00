import { Module } from '@nestjs/common';
import { BackupController } from './backup.controller.js';

/** Copies of what the node keeps. */
@Module({ controllers: [BackupController] })
export class BackupModule {}
