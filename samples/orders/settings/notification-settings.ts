import { IsBoolean, IsEmail, IsFQDN, IsInstance, IsOptional } from 'class-validator';
import { ConfigSection, Describe, RequiredIn, TenantScope } from 'uno-config';

@TenantScope('system')
@ConfigSection('notifications', { description: 'Mail to customers.' })
export class NotificationSettings {
  @IsBoolean()
  public readonly enabled: boolean = false;

  @IsFQDN()
  public readonly domain: string = 'example.com';

  // References may stand in initialisers as well as in files.
  @IsEmail()
  public readonly sender: string = 'orders@${notifications.domain}';

  @Describe('Where mail is handed over.', { example: 'https://mail.internal/send' })
  @RequiredIn('production')
  @IsOptional()
  @IsInstance(URL)
  public readonly server?: URL;
}
