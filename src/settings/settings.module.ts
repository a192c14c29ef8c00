import { Module } from '@nestjs/common';
import { RetentionModule } from '../retention/retention.module.js';
import { AddressController } from './address.controller.js';
import { KeyRing } from './key-ring.js';
import { KeysController } from './keys.controller.js';
import { NodeSettings } from './node-settings.js';
import { PrivacyController } from './privacy.controller.js';
import { SettingsController } from './settings.controller.js';

/** What an administrator sets and sees of the node itself. */
@Module({
  imports: [RetentionModule],
  controllers: [SettingsController, KeysController, AddressController, PrivacyController],
  providers: [NodeSettings, KeyRing],
  exports: [NodeSettings],
})
export class SettingsModule {}
