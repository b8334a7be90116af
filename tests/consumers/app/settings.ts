import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsEnum, IsInt, IsString, Max, Min, ValidateNested } from 'class-validator';
import { ConfigSection, Duration, IsDuration } from 'uno-config/sections';

export enum LogLevel {
  Debug = 10,
  Info = 20,
}

export class PoolSettings {
  @IsInt() @Min(1) max: number = 10;
  @IsDuration() idle: Duration = Duration.of('10s');
}

@ConfigSection('database')
export class DatabaseSettings {
  @IsString() host!: string;
  @IsInt() @Min(1) @Max(65535) port: number = 5432;
  @IsBoolean() tls: boolean = false;
  @IsEnum(LogLevel) level: LogLevel = LogLevel.Info;
  @IsArray() @IsString({ each: true }) replicas: string[] = [];
  @ValidateNested() @Type(() => PoolSettings) pool: PoolSettings = new PoolSettings();
}
