import { Controller, Get, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";

@Controller()
class Shelves {
  @Get("shelves")
  shelves() {
    return ["fiction", "maps"];
  }
}

@Module({ controllers: [Shelves] })
class Library {}

async function main() {
  const app = await NestFactory.create(Library);
  app.enableShutdownHooks();
  await app.listen(process.env.PORT ?? 3000);
}

main();
