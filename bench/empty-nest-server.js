// What the framework alone costs: Nest on Fastify with one route, which reads the same body and answers the same.
import 'reflect-metadata';
import { Body, Controller, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

class EmptyController {
  hit(body) {
    return { counted: body.path !== undefined };
  }
}

// Plain JavaScript has no decorators: they are applied by hand.
const route = Object.getOwnPropertyDescriptor(EmptyController.prototype, 'hit');
Body()(EmptyController.prototype, 'hit', 0);
HttpCode(202)(EmptyController.prototype, 'hit', route);
Post('hits')(EmptyController.prototype, 'hit', route);
Controller('v1')(EmptyController);

class EmptyModule {}
Module({ controllers: [EmptyController] })(EmptyModule);

const app = await NestFactory.create(EmptyModule, new FastifyAdapter(), { logger: false });
await app.listen(Number(process.env.PORT), '127.0.0.1');
